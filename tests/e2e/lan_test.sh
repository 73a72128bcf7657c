#!/usr/bin/env bash
# The cluster across four machines: network namespaces with an address each, on a bridge. Nodes on three, a client on the
# fourth, the key made on the first and copied. The leader is killed, a cable is pulled.
# Usage: lan_test.sh [--without-multicast]
#   --without-multicast   the bridge drops it, and everybody names the three by --peer
set -euo pipefail

# shellcheck source=tests/e2e/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/e2e.sh"
# shellcheck source=scripts/netns.sh
source "$root/scripts/netns.sh"

enter_network "$@" || skip "this machine refuses network namespaces: $network_refusal"

machines=4 # the last is the client's

# Each machine names its network in another way.
network_of() {
    case $1 in
        1) printf '%s\n' --lan ;;
        2) printf '%s\n' --interface eth0 ;;
        *) printf '%s\n' --interface 'eth*' --interface '!docker*' ;;
    esac
}

node_command() {
    local network
    mapfile -t network < <(network_of "$1")
    command_line=(nsenter "--net=$(netns_of "$1")" "$node_program" "$1" "${network[@]}" "${peers[@]}" --port "$port"
        --key-file "$cluster_dir/machine-$1/cluster.key" --http off --store "dir:$cluster_dir/store"
        --data-dir "$cluster_dir/machine-$1" --log-format "$log_format")
    if [[ $1 == 1 && ! -e $cluster_dir/machine-1/cluster.key ]]; then command_line+=(--new-cluster); fi
}

copy_key() {
    local n
    for ((n = 2; n <= machines; ++n)); do
        mkdir -p "machine-$n"
        chmod 700 "machine-$n"
        cp -p machine-1/cluster.key "machine-$n/cluster.key"
    done
}

has_key() { [[ -s machine-1/cluster.key ]]; }

# What routers would see, counted at the bridge.
count_datagrams() {
    nft -f - <<'RULES'
table bridge seen {
    chain forward {
        type filter hook forward priority 0;
        ip daddr 224.0.0.0/4 ip ttl 1 counter comment "one"
        ip daddr 224.0.0.0/4 ip ttl != 1 ip protocol udp counter comment "other"
        ip daddr 224.0.0.0/4 udp length > 1400 counter comment "full"
    }
}
RULES
}

counted() { nft list table bridge seen | sed -n "s/.*counter packets \([0-9]*\) .*\"$1\".*/\1/p"; }

check_datagrams() {
    local n fragments=0
    # A line of names, then one of numbers.
    for ((n = 1; n <= machines; ++n)); do
        fragments=$((fragments + $(on_machine "$n" cat /proc/net/snmp | awk '
            /^Ip:/ && column { print $column }
            /^Ip:/ { for (i = 1; i <= NF; ++i) if ($i == "FragCreates") column = i }')))
    done
    equal "no datagram was fragmented" 0 "$fragments"
    if [[ $counting == no ]]; then
        skip_case "the TTL of the datagrams: needs nft"
        return
    fi
    equal "no multicast would pass a router" 0 "$(counted other)"
    holds "$(counted one) datagrams with TTL 1 passed the bridge" test "$(counted one)" -gt 0
    holds "$(counted full) of them were as large as an Ethernet frame allows" test "$(counted full)" -gt 0
}

check_words() {
    ask upload photo.png
    like "the client names the LAN's group, not loopback" 'Sending once to 239\.255\.67\.81:[0-9]+'$'\n' "$out"
    ask members
    equal "members shows an address of each machine" 3 "$(grep -cE '10\.77\.0\.[123]:[0-9]+ +eth0 ' <<<"$out" || true)"
    ask doctor
    equal "doctor finds nothing to fail" "0 0" "$code $(grep -c '^fail' <<<"$out" || true)"
}

check_kill() {
    fail_over KILL 3 || explain "nobody took over within 15 s"
    need "the survivors agree on node 2" agreed_on 2
    pass "node 2 took over $(format_us "$failover_us" MS) ms after kill -9"
    upload "an upload after kill -9 of the leader's process" photo.jpg
    equal "is done by node 2" 2 "$(field node "$result")"
    start_node 3
    need "node 3 comes back and leads" agreed_on 3
}

# Nobody is told: only silence shows it.
check_pulled_cable() {
    pull_cable 3
    need "node 1 follows node 2 when the cable of node 3 is pulled" follows 1 2
    wait_until "$patience" leads_for_client 2 || explain "the client does not see that node 2 leads"
    upload "an upload meanwhile" photo.png
    equal "is done by node 2" 2 "$(field node "$result")"
    plug_cable 3
    need "all follow one leader when it is back" agreed_leader
    need "a client sees three members" members_alive 3
    upload "an upload afterwards" photo.png
}

follows() { [[ $(leader_by "$1") == "$2" ]]; }
leads_for_client() { [[ $(field leader "$(run_client --json --timeout 2 status 2>/dev/null)") == "$1" ]]; }

drop_multicast() {
    local n
    for ((n = 1; n <= machines; ++n)); do ip link set "p$n" type bridge_slave mcast_flood off || return; done
}

# Who names no peer is alone in such a network: multicast is really gone.
check_multicast_is_gone() {
    refused "without multicast and peers a client finds nobody" 3 'no node answered' --timeout 1 status
}

with_multicast() {
    check_words
    check_datagrams
    check_kill
    check_pulled_cable
}

without_multicast() {
    fail_over KILL 3 || explain "nobody took over within 15 s"
    upload "an upload after kill -9 of the leader" photo.png
    equal "is done by node 2" 2 "$(field node "$result")"
}

begin_test lan
lay_cables "$machines"
port=${network_options[3]}
peers=()
client_options=(--interface eth0 --port "$port" --key-file "$cluster_dir/machine-4/cluster.key" --images-dir "$cluster_dir/images")
real_client=$client_program
client_program=$cluster_dir/client-on-m4
printf '#!/bin/sh\nexec nsenter --net=%s %q "$@"\n' "$(netns_of "$machines")" "$real_client" >"$client_program"
chmod +x "$client_program"
counting=no
if have nft && count_datagrams 2>/dev/null; then counting=yes; fi
"$make_image_program" photo.png
"$make_image_program" photo.jpg 1600 1200

mode=with_multicast
if [[ ${1:-} == --without-multicast ]]; then
    mode=without_multicast
    drop_multicast 2>cables.log || skip "this bridge cannot drop multicast: $(tail -n 1 cables.log)"
    peers=(--peer 10.77.0.1 --peer 10.77.0.2 --peer 10.77.0.3)
fi

start_node 1
need "node 1 makes the key of a new cluster" has_key
copy_key
if [[ $mode == without_multicast ]]; then check_multicast_is_gone; fi
client_options+=("${peers[@]}")
start_node 2
start_node 3
need "all three follow node 3" agreed_on 3
need "a client on a machine of its own sees them" members_alive 3
upload "an upload over the LAN" photo.jpg
equal "is done by node 3" 3 "$(field node "$result")"
$mode
end_test
