#!/usr/bin/env bash
# Garbage at 50 000 datagrams a second on the ports of a cluster: its leader stays, uploads pass, the logs stay short.
# Usage: flood_test.sh [IO]
#   IO   the kernel's way that datagrams take: CLOUDP2P_TEST_IO (docs/operations.md)
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/e2e.sh"

group=239.255.67.80
rate=50000
seconds=5
uploads=5 # in that time
# A flood that the machine could not make faster is still one: ten times what a cluster says by itself.
least=1000

# total_refused ID: datagrams that its log accounts for.
total_refused() {
    local line total=0
    while read -r line; do total=$((total + $(field count "$line"))); done < <(events "$1" datagram_refused)
    printf '%d\n' "$total"
}

refused_at_least() { (($(total_refused "$1") >= $2)); }

# Lines of one reason stand a second apart: n of them need n - 1 seconds, with half a second for late clocks.
check_log_rate() {
    local reason times
    for reason in $(events "$1" datagram_refused | sed 's/.*"reason":"\([a-z_]*\)".*/\1/' | sort -u); do
        mapfile -t times < <(events "$1" datagram_refused | grep "\"reason\":\"$reason\"" | sed 's/.*"mono_us":\([0-9]*\).*/\1/')
        holds "node $1 says $reason once a second at most (${#times[@]} lines)" \
            test $(((${#times[@]} - 1) * 1000000)) -le $((times[-1] - times[0] + 500000))
    done
}

# flood_while_uploading KIND
flood_while_uploading() {
    local flooder sent before=$((refused_before[1])) i
    "$flood_program" "$group" "${network_options[3]}" "$rate" "$seconds" "$1" >sent &
    flooder=$!
    helpers+=("$flooder")
    for ((i = 1; i <= uploads; ++i)); do upload "upload $i while $1 garbage comes in" photo.png; done
    if ended "$flooder"; then machine_busy=yes; fi
    wait "$flooder"
    sent=$(<sent)
    printf 'sent %d datagrams of %s garbage in %d s\n' "$sent" "$1" "$seconds"
    if ((sent < rate * seconds * 9 / 10)); then machine_busy=yes; fi
    holds "it was a flood: $least datagrams a second or more" test "$sent" -ge $((least * seconds))
    # What the kernel dropped before the node saw it, it cannot count.
    eventually "node 1 counted a tenth of it or more" refused_at_least 1 $((before + sent / 10))
    refused_before[1]=$(total_refused 1)
}

# A node that other programs keep from running for a tenth of a second misses its leader, flood or not.
check_calm() {
    local id
    need "the nodes agree on node 3 as the leader" agreed_on 3
    for id in 1 2 3; do if has_event "$id" stalled; then machine_busy=yes; fi; done
    if [[ $machine_busy == yes ]]; then
        skip_case "that nobody ever changed the leader: other programs keep this machine too busy to tell"
        return
    fi
    for id in 1 2 3; do
        equal "node $id saw one leader in all that time" 0 "$(changes_since_calm "$id")"
        equal "and lost no member" 0 "$(count_events "$id" member_lost "${calm_from[$id]}")"
    done
}

failure_ms=${CP_FAILURE_MS-0} # that no flood makes the leader silent is what this is about
begin_test flood
if (($# > 0)); then export CLOUDP2P_TEST_IO=$1; fi
[[ -x $flood_program ]] || fail "$flood_program is not built"
machine_busy=no
declare -A refused_before=([1]=0)
"$make_image_program" photo.png
start_nodes 1 2 3
for kind in random header session; do flood_while_uploading "$kind"; done
check_calm
for id in 1 2 3; do check_log_rate "$id"; done
end_test
