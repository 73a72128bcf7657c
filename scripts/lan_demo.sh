#!/usr/bin/env bash
# A cluster across machines: what to type on each of them, or the same acted out on this one.
# Usage: lan_demo.sh [--namespaces N]
#   (nothing)        prints the commands, with the address and interface of this machine
#   --namespaces N   N machines of their own addresses on a bridge (network namespaces), N at least 2, and one for the client:
#                    nodes start, a picture is uploaded, the leader is killed, its cable is pulled. On loopback, without
#                    cables, where this machine refuses namespaces.
# Exit 0 when every picture came back the same.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=scripts/cluster.sh
source "$root/scripts/cluster.sh"
# shellcheck source=scripts/netns.sh
source "$root/scripts/netns.sh"

machines=0
given=("$@")
while (($# > 0)); do
    case $1 in
        --namespaces) require_number "$1" "${2:-}" && machines=$2 && shift ;;
        -h | --help) print_help && exit ;;
        *) usage_error "unknown option $1" ;;
    esac
    shift
done
((machines != 1)) || usage_error "--namespaces is at least 2: somebody must take over"

# --- what to type --------------------------------------------------------------------------------------------

# The way out, if there is one, else the first address: "INTERFACE ADDRESS".
own_address() {
    local interface
    interface=$(ip -4 route show default 2>/dev/null | sed -n 's/.* dev \([^ ]*\).*/\1/p' | head -n 1)
    ip -4 -o address show up scope global 2>/dev/null | awk -v wanted="$interface" '
        { sub("/.*", "", $4) }
        NR == 1 || $2 == wanted { found = $2 " " $4 }
        $2 == wanted { exit }
        END { if (found != "") print found }'
}

print_commands() {
    local interface address example=""
    read -r interface address < <(own_address) || true
    if [[ -z ${address:-} ]]; then
        interface=eth0 address=192.168.1.10
        example=" (an example: this machine has no address of its own)"
    fi
    cat <<TEXT
Machine 1 is this one, $address on $interface$example. On every machine, once:
    git clone or copy this folder, then in it:
    ./scripts/setup.sh && cmake --preset release && cmake --build --preset release

Machine 1 makes the key of the new cluster:
    ./build/node 1 --lan --new-cluster

Machines 2, 3, ... copy the key, and each starts with an ID of its own; the highest leads:
    mkdir -p -m 700 ~/.config/cloudp2p
    scp -p ${USER:-user}@$address:.config/cloudp2p/cluster.key ~/.config/cloudp2p/
    ./build/node 2 --lan

Any machine with the key:
    ./build/client alice --lan upload photo.jpg
    ./build/client alice --lan members

Stop the leader, or pull its cable, and upload again. When something is not found:
    ./build/client alice --lan doctor
    --interface $interface     instead of --lan, on a machine with several networks
    --peer $address     for every member, where the network blocks multicast (many Wi-Fi networks do)
Ports: UDP 7700 and 7701, multicast groups 239.255.67.80 and 239.255.67.81 (--port and --group change them); and a UDP
and a TCP port of each node's own, picked by the kernel.

The same on this machine alone: ./scripts/lan_demo.sh --namespaces 3
TEXT
}

# --- acted out -----------------------------------------------------------------------------------------------

home_of() { printf '%s/machine-%d\n' "$cluster_dir" "$1"; }

# at_home N: sets place, which runs a command on machine N as somebody who has logged in there.
at_home() {
    local home
    home=$(home_of "$1")
    place=(nsenter "--net=$(netns_of "$1")" "--wd=$home" env "HOME=$home" "XDG_CONFIG_HOME=$home/.config"
        "XDG_STATE_HOME=$home/.local/state")
}

# Exactly what print_commands says, but for the form of the log, which this script reads.
use_machines() {
    local n
    lay_cables $((machines + 1))
    for ((n = 1; n <= machines + 1; ++n)); do mkdir "$(home_of "$n")"; done
    node_command() {
        at_home "$1"
        command_line=("${place[@]}" "$node_program" "$1" --lan --log-format "$log_format")
        if [[ ! -e $(key_of 1) ]]; then command_line+=(--new-cluster); fi
    }
    exec_client() {
        at_home $((machines + 1))
        exec "${place[@]}" "$client_program" alice --lan --images-dir "$cluster_dir/images" "$@"
    }
}

key_of() { printf '%s/.config/cloudp2p/cluster.key\n' "$(home_of "$1")"; }
has_key() { [[ -s $(key_of 1) ]]; }

copy_key() {
    local n
    for ((n = 2; n <= machines + 1; ++n)); do
        (umask 077 && mkdir -p "$(home_of "$n")/.config/cloudp2p")
        cp -p "$(key_of 1)" "$(key_of "$n")"
    done
}

# say TEXT...: with the time since the first node started.
say() { printf '%6s s  %s\n' "$(seconds_since "$began")" "$*"; }

upload_one() {
    upload_and_compare "$image"
    say "The client on $client_place uploads ${image##*/}: $(field bytes "$result") bytes, encrypted by node" \
        "$(field node "$result") in $(field millis "$result") ms, decrypted again: identical."
}

start_all() {
    local id
    start_node 1
    if ((on_machines)); then
        wait_until 20 has_key || explain "node 1 made no key within 20 s"
        copy_key
        say "Machine 1: node 1 --lan --new-cluster. It made the key, which is copied to the others."
    fi
    for ((id = 2; id <= machines; ++id)); do start_node "$id"; done
    wait_until 30 agreed_on "$machines" || explain "the nodes did not elect node $machines within 30 s"
    wait_until 30 members_alive "$machines" || explain "the client did not see $machines members within 30 s"
    say "Nodes 1 to $machines found one another, and node $machines, the highest, leads."
}

kill_the_leader() {
    fail_over KILL "$machines" || explain "nobody took over within 15 s"
    say "kill -9 of node $machines: node $(agreed_leader) leads, $(format_us "$failover_us" MS) ms later."
    upload_one
    start_node "$machines"
    wait_until 40 agreed_on "$machines" || explain "node $machines did not come back to lead within 40 s"
    wait_until 30 members_alive "$machines" || explain "the client did not see $machines members within 30 s"
    say "Node $machines is started again; as the highest it leads again."
}

follows_another() { [[ $(leader_by 1) =~ ^[0-9]+$ && $(leader_by 1) != "$machines" ]]; }

pull_the_cable() {
    local mark pulled
    mark=$(log_length 1)
    pulled=$(now_us)
    pull_cable "$machines"
    wait_until 15 follows_another || explain "nobody took over within 15 s of the pulled cable"
    say "The cable of machine $machines is pulled: node $(leader_by 1) leads," \
        "$(format_us $(($(agreement_after 1 "$machines" "$mark") - pulled)) MS) ms later."
    upload_one
    plug_cable "$machines"
    wait_until 30 agreed_leader >/dev/null || explain "the nodes did not agree within 30 s of the mended cable"
    say "The cable is back: all follow node $(agreed_leader)."
    upload_one
}

act_out() {
    image=$root/tests/data/test_image.png
    begin_cluster lan-demo
    if ((on_machines)); then
        use_machines
        client_place="machine $((machines + 1))"
        printf '%d machines on one bridge, %s to %s, and machine %d, %s, for the client.\n' "$machines" \
            "$(address_of 1)" "$(address_of "$machines")" $((machines + 1)) "$(address_of $((machines + 1)))"
    fi
    began=$(now_us)
    start_all
    upload_one
    kill_the_leader
    upload_one
    if ((on_machines)); then pull_the_cable; fi
    say "Done: every upload was sent to all and came back identical."
}

if ((machines == 0)); then print_commands && exit; fi
make_programs
on_machines=1
client_place=loopback
if ! enter_network "${given[@]}"; then
    printf 'this machine refuses network namespaces (%s): on loopback, without cables\n' "$network_refusal"
    on_machines=0
fi
act_out
