#!/usr/bin/env bash
# Kills the leader again and again while a client uploads without pause, and counts what was lost. Loopback only.
# Usage: kill_leader.sh [--rounds N] [--nodes N] [--signal KILL|TERM]
#   --rounds N   leaders to stop, each restarted with its id and data (default 5)
#   --nodes N    (default 3)
#   --signal S   KILL: a crash (default); TERM: a graceful stop
# Exit 1 if an upload failed, or anything was lost or duplicated.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=scripts/cluster.sh
source "$root/scripts/cluster.sh"

rounds=5
nodes=3
signal=KILL
while (($# > 0)); do
    case $1 in
        --rounds) require_number "$1" "${2:-}" && rounds=$2 && shift ;;
        --nodes) require_number "$1" "${2:-}" && nodes=$2 && shift ;;
        --signal) signal=${2:-} && shift ;;
        -h | --help) print_help && exit ;;
        *) usage_error "unknown option $1" ;;
    esac
    shift
done
[[ $signal == KILL || $signal == TERM ]] || usage_error "--signal is KILL or TERM"
((nodes >= 2)) || usage_error "--nodes is at least 2: somebody must take over"

image=$root/tests/data/test_image.png
uploader=""

# One-shot uploads, one after the other, until the file `uploading` is gone.
upload_loop() {
    local client=""
    trap 'kill "$client" 2>/dev/null; exit' TERM
    while [[ -e $cluster_dir/uploading ]]; do
        echo >>"$cluster_dir/begun"
        (exec_client --json upload "$image") >>"$cluster_dir/results" 2>>"$cluster_dir/client.log" &
        client=$!
        wait "$client" || true
    done
}

stop_all() {
    if [[ -n $uploader ]]; then kill "$uploader" 2>/dev/null || true; fi
    end_cluster
}

lines() { if [[ -e $1 ]]; then wc -l <"$1"; else echo 0; fi; }
has_more_results_than() { (($(lines "$cluster_dir/results") > $1)); }

# One leader stopped and brought back; the uploads must have gone on meanwhile. Appends to failovers.
run_round() {
    local victim before
    wait_until 30 members_alive "$nodes" || explain "there were no $nodes live members within 30 s"
    wait_until 30 agreed_leader >/dev/null || explain "the nodes did not agree on a leader within 30 s"
    victim=$(agreed_leader) || return 0
    before=$(lines "$cluster_dir/results")
    fail_over "$signal" "$victim" || explain "no node took over from $victim within 15 s"
    wait_until 40 has_more_results_than $((before + 1)) || explain "no upload ended within 40 s of the takeover"
    start_node "$victim"
    # A planned change of leaders just before the signal is no failover.
    if ((failover_us > 0)); then failovers+=("$failover_us"); fi
}

count_results() {
    local line
    while read -r line; do
        if [[ $(field ok "$line") != true || $(field verified "$line") != true ]]; then
            failed=$((failed + 1))
            printf 'failed: %s\n' "$line" >&2
            continue
        fi
        succeeded=$((succeeded + 1))
        if (($(field sends "$line") > 1)); then resent=$((resent + 1)); fi
        field task "$line" >>"$cluster_dir/tasks"
        field millis "$line" >>"$cluster_dir/times"
    done <"$cluster_dir/results"
}

"$root/scripts/setup.sh"
build_release node client
begin_cluster kill-leader
trap stop_all EXIT
for ((id = 1; id <= nodes; ++id)); do start_node "$id"; done
wait_until 30 members_alive "$nodes" || explain "the nodes did not find one another within 30 s"

touch "$cluster_dir/uploading" "$cluster_dir/results" "$cluster_dir/tasks" "$cluster_dir/times"
upload_loop &
uploader=$!
failovers=()
for ((attempt = 0; ${#failovers[@]} < rounds && attempt < 2 * rounds; ++attempt)); do
    run_round
    if [[ -t 1 ]]; then printf '\rround %d of %d ' "${#failovers[@]}" "$rounds"; fi
done
rm "$cluster_dir/uploading"
wait "$uploader"
uploader=""
if [[ -t 1 ]]; then printf '\r\033[K'; fi

succeeded=0 failed=0 resent=0
count_results
saved=$(find "$cluster_dir/images" -type f | wc -l)
lost=$(($(lines "$cluster_dir/begun") - $(lines "$cluster_dir/results") + (saved < succeeded ? succeeded - saved : 0)))
duplicated=$(($(sort "$cluster_dir/tasks" | uniq -d | wc -l) + (saved > succeeded ? saved - succeeded : 0)))
((${#failovers[@]} == rounds)) || explain "only ${#failovers[@]} of $rounds rounds met a settled leader"
mapfile -t failovers < <(printf '%s\n' "${failovers[@]}" | sort -n)

printf '%s of the leader, %d nodes on loopback, %d rounds\n' "$signal" "$nodes" "$rounds"
printf '  failover ms    min %s   median %s   max %s\n' "$(format_us "${failovers[0]}" MS)" \
    "$(format_us "${failovers[rounds / 2]}" MS)" "$(format_us "${failovers[rounds - 1]}" MS)"
printf '  uploads        done %d   failed %d   lost %d   duplicated %d   resent %d\n' \
    "$succeeded" "$failed" "$lost" "$duplicated" "$resent"
printf '  slowest upload %s ms\n' "$(sort -n "$cluster_dir/times" | tail -n 1)"
((succeeded > 0 && failed == 0 && lost == 0 && duplicated == 0))
