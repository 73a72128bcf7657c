# shellcheck shell=bash
# Machines on one cable, for the scripts: network namespaces with an address each, on a bridge, in a network of our own
# that ends with the script. Machine N has 10.77.0.N on eth0; its cable pN is in the bridge. No default route, as on a
# plain LAN. Sourced after lib.sh, never run; what it starts and lays is gone with the process that called enter_network.

# enter_network ARG...: starts the script again with ARGs in a network of its own; returns there with 0. Returns 1, with
# the reason in network_refusal, where the machine refuses one.
enter_network() {
    local flags kinds=(-Urnm)
    if [[ ${CP_NETWORK:-} == own ]]; then return 0; fi
    # Root keeps its rights, with them the priority that nodes ask for; others become root of a user namespace.
    if ((EUID == 0)); then kinds=(-nm -Urnm); fi
    for flags in "${kinds[@]}"; do
        # shellcheck disable=SC2016 # for the inner shell
        if network_refusal=$(unshare "$flags" bash -c 'source "$1"; lay_cables 1' lay "${BASH_SOURCE[0]}" 2>&1); then
            CP_NETWORK=own exec unshare "$flags" "$0" "$@"
        fi
    done
    network_refusal=$(tail -n 1 <<<"$network_refusal")
    return 1
}

# lay_cables COUNT: machines 1 to COUNT.
lay_cables() {
    local n
    mount -t tmpfs tmpfs /run && # ip keeps the names of namespaces there
        ip link add bridge0 type bridge mcast_snooping 0 &&
        ip link set bridge0 up || return
    for ((n = 1; n <= $1; ++n)); do
        ip netns add "m$n" &&
            ip link add "p$n" type veth peer name eth0 netns "m$n" &&
            ip link set "p$n" master bridge0 up &&
            on_machine "$n" ip address add "$(address_of "$n")/16" dev eth0 &&
            on_machine "$n" ip link set eth0 up &&
            on_machine "$n" ip link set lo up || return
    done
}

# put_on_machines NODES: begin_cluster's nodes 1 to NODES on machines of their own, its clients on the next.
put_on_machines() {
    local n
    lay_cables $(($1 + 1)) || return
    # Variables of cluster.sh.
    # shellcheck disable=SC2034,SC2004
    for ((n = 1; n <= $1; ++n)); do node_netns[$n]=$(netns_of "$n"); done
    # shellcheck disable=SC2034
    client_netns=$(netns_of $(($1 + 1)))
    node_options+=(--interface eth0)
    client_options+=(--interface eth0)
}

address_of() { printf '10.77.%d.%d\n' $(($1 / 250)) $(($1 % 250)); }
netns_of() { printf '/run/netns/m%d\n' "$1"; }
on_machine() { nsenter "--net=$(netns_of "$1")" "${@:2}"; }

pull_cable() { ip link set "p$1" down; }
plug_cable() { ip link set "p$1" up; }

# Frames as on Ethernet: what the kernel would pass in one piece through a veth, a loss rule would drop in one piece.
# (Not every kernel knows all of these.)
send_real_frames() {
    local n feature
    have ethtool || return 0
    for ((n = 1; n <= $1; ++n)); do
        for feature in tso gso gro tx-udp-segmentation; do
            ethtool -K "p$n" "$feature" off >/dev/null 2>&1 || true
            on_machine "$n" ethtool -K eth0 "$feature" off >/dev/null 2>&1 || true
        done
    done
}

# lose_packets PERCENT COUNT: each of the machines 1 to COUNT drops that much of all that reaches it, of UDP and of TCP.
lose_packets() {
    local n
    for ((n = 1; n <= $2; ++n)); do
        on_machine "$n" nft -f - <<RULES || return
table inet lossy {
    chain in {
        type filter hook input priority 0;
        iifname "eth0" meta l4proto { udp, tcp } numgen random mod 100 < $1 drop
    }
}
RULES
    done
}
