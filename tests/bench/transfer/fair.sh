#!/usr/bin/env bash
# How our transfer shares a cable: beside a TCP flow, beside another sender of ours. Hosts (network namespaces made here)
# on a switch whose every cable carries so much in each direction. A host has a queue of 1000 frames before its cable.
# Usage: fair.sh [--rounds N] [--wire MBIT] [--queue FRAMES] [--size MB] [--receivers N] [--cc NAME] [--cases LIST]
#   --rounds N        (default 5)
#   --wire MBIT       of each cable (default 100)
#   --queue FRAMES    the switch has before each of its cables (default 1000; 100: a small one)
#   --size MB         of our object (default 25)
#   --receivers N     of it (default 3)
#   --cc NAME         congestion control of TCP (default cubic)
#   --cases LIST      alone:  our transfer with nobody beside it
#                     switch: TCP from another host to one of the receivers, begun two seconds before
#                     host:   the same from the sender's own host
#                     two:    two of our senders on two hosts, to the same receivers
#                     pair:   the same on one host
# Prints what TCP keeps of its cable while ours lasts and what ours gets, in % of it; for two of ours Jain's index of
# their rates.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/bench/hosts.sh
source "$here/../hosts.sh"

programs=${CP_BENCH_PROGRAMS:-$build/tests/bench} # bench_transfer
rounds=5 wire=100 queue=1000 size=25 receivers=3 cc=cubic cases=alone,switch,host,two,pair

parse_options() {
    while (($# > 0)); do
        case $1 in
            --rounds | --wire | --queue | --size | --receivers) require_number "$1" "${2:-}" && declare -g "${1#--}=$2" && shift ;;
            --cc) cc=${2:-} && shift ;;
            --cases) cases=${2:-} && shift ;;
            -h | --help) print_help && exit ;;
            *) usage_error "unknown option $1" ;;
        esac
        shift
    done
    require_list --cases "$cases" 'alone|switch|host|two|pair'
}

# The cables: what a host may send, and what the switch may send to it.
set_cables() {
    local n
    for ((n = 1; n <= hosts; ++n)); do
        if ! on_machine "$n" tc qdisc add dev eth0 root tbf rate "${wire}mbit" burst 16kb limit 1514000 ||
            ! tc qdisc add dev "p$n" root tbf rate "${wire}mbit" burst 16kb limit $((queue * 1514)); then
            fail "tc has no tbf here"
        fi
    done
    # As a switch that listens to who joins which group: the senders' own cables do not carry what others multicast.
    for n in 1 2; do ip link set "p$n" type bridge_slave mcast_flood off; done
}

# sent_by HOST: bytes of all frames.
# shellcheck disable=SC2016 # awk's $
sent_by() { on_machine "$1" awk '$1 == "eth0:" { print $10 }' /proc/self/net/dev; }

# start_receivers; start_sender HOST NUMBER
start_receivers() {
    local n
    for ((n = 3; n < receivers + 3; ++n)); do
        : >"$(log_of "$n")"
        launch "$n" "$programs/bench_transfer" receive "$object" "id=$n"
    done
    wait_until 10 all_ready || fail "the receivers do not start ($(log_of 3))"
}
all_ready() {
    local n
    for ((n = 3; n < receivers + 3; ++n)); do grep -q ' ready' "$(log_of "$n")" || return 1; done
}
start_sender() {
    : >"$work/sender$2.log"
    nsenter "--net=$(netns_of "$1")" "$programs/bench_transfer" send "$object" "receivers=$receivers" "sender=$2" \
        >"$work/sender$2.log" 2>&1 &
    sender_pid[$2]=$!
}

# TCP without an end, from HOST to host 3.
start_tcp() {
    iperf_at 3 -s -1
    sleep 0.3 # until it listens: iperf3 says so only at the end of its buffer
    iperf_at "$1" -c "$(address_of 3)" -t 600 -C "$cc"
}
iperf_at() {
    nsenter "--net=$(netns_of "$1")" env "LD_LIBRARY_PATH=$peers_libraries" "$peers_root/usr/bin/iperf3" "${@:2}" \
        >>"$work/tcp.log" 2>&1 &
    tcp_pids+=($!)
}

# finished NUMBER: by all receivers. took NUMBER: us.
finished() {
    local n
    for ((n = 3; n < receivers + 3; ++n)); do [[ -n $(done_at "$n" "$1") ]] || return 1; done
}
done_at() { awk -v number="$2" '$2 == "object" { is = $3 == number } $2 == "done" && is { print $3; exit }' "$(log_of "$1")"; }
begun_at() { awk '$1 == "begin" { print $2; exit }' "$work/sender$1.log"; }
took() {
    local n at last=0
    for ((n = 3; n < receivers + 3; ++n)); do
        at=$(done_at "$n" "$1")
        if ((at > last)); then last=$at; fi
    done
    printf '%d\n' $((last - $(begun_at "$1")))
}
begun() { [[ -n $(begun_at "$1") ]]; }

end_all() {
    kill -KILL "${sender_pid[@]}" "${tcp_pids[@]}" 2>/dev/null || true
    wait "${sender_pid[@]}" "${tcp_pids[@]}" 2>/dev/null || true
    end_hosts
}

# run_case: prints "TCP's share, our share" in %, or "Jain's index, share of both".
run_case() {
    local case=$1 before after at us first second
    declare -A sender_pid=()
    local tcp_pids=()
    work=$(mktemp -d "$scratch/run.XXXXXX")
    start_receivers
    case $case in
        alone | switch | host)
            at=2
            if [[ $case == host ]]; then at=1; fi
            if [[ $case != alone ]]; then start_tcp "$at" && sleep 2; fi # TCP has found its share
            start_sender 1 0
            wait_until 10 begun 0 || fail "our sender finds no receivers ($work)"
            before=$(sent_by "$at")
            wait_until 120 finished 0 || fail "our transfer does not end ($work)"
            after=$(sent_by "$at")
            us=$(took 0)
            awk -v us="$us" -v wire="$wire" -v tcp="$((after - before))" -v mb="$size" -v case="$case" 'BEGIN {
                ours = mb * 1e6 * 1514 / 1420 * 8 / us / wire * 100
                tcp = tcp * 8 / us / wire * 100
                if (case == "host") tcp -= ours
                if (case == "alone") tcp = 0
                printf "%.1f %.1f\n", tcp, ours }'
            ;;
        two | pair)
            start_sender 1 1
            start_sender "$([[ $case == two ]] && echo 2 || echo 1)" 2
            if ! wait_until 240 finished 1 || ! wait_until 240 finished 2; then fail "our transfers do not end ($work)"; fi
            first=$(took 1) second=$(took 2)
            awk -v a="$first" -v b="$second" -v wire="$wire" -v mb="$size" 'BEGIN {
                x = 1 / a; y = 1 / b; last = a > b ? a : b
                printf "%.3f %.1f\n", (x + y) ^ 2 / 2 / (x * x + y * y), 2 * mb * 1e6 * 1514 / 1420 * 8 / last / wire * 100 }'
            ;;
    esac
    end_all
    rm -rf "$work"
}

parse_options "$@"
if [[ ${CP_BENCH:-} != inside ]]; then
    mkdir -p "$prefix"
    [[ -x $programs/bench_transfer ]] || fail "$programs/bench_transfer is missing: scripts/bench.sh builds it"
    if [[ ! -x $peers_root/usr/bin/iperf3 ]]; then fetch_packages iperf3 libiperf0 libsctp1; fi
    enter_namespaces no "$@"
fi
choose_reader
scratch=$(mktemp -d "${TMPDIR:-/tmp}/cloudp2p-bench.XXXXXX")
mount -t tmpfs tmpfs "$scratch"
trap 'umount "$scratch" 2>/dev/null && rmdir "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
hosts=$((receivers + 2))
lay_hosts "$hosts"
set_cables
object=$scratch/object
head -c $((size * 1000000)) /dev/urandom >"$object"

printf '%d Mbit/s cables, %d frames of queue, %d MB to %d receivers, %s; %d rounds\n' \
    "$wire" "$queue" "$size" "$receivers" "$cc" "$rounds"
for case in $(words "$cases"); do
    printf '%-7s' "$case"
    for ((round = 1; round <= rounds; ++round)); do
        printf '  %s' "$(run_case "$case" | tr ' ' '/')"
    done
    printf '\n'
done
