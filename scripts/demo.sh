#!/usr/bin/env bash
# Shows CloudP2P on this machine: three nodes on loopback, pictures encrypted through them, the leader killed.
# Usage: demo.sh [IMAGE...] [--interactive] [--keep]
#   IMAGE           pictures to upload (default: a sample)
#   --interactive   then leaves you in `client alice>`; quitting stops the cluster
#   --keep          leaves the cluster running and says how to stop it
# With either, `members` shows where the nodes serve the page and the HTTP API.
# It uses a temporary directory, key and ports of its own, and stops everything that it started.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=scripts/cluster.sh
source "$root/scripts/cluster.sh"

shown_max=4 # pictures with a line of their own

interactive=no
images=()
for argument in "$@"; do
    case $argument in
        --interactive) interactive=yes ;;
        --keep) cluster_keep=asked ;;
        -h | --help) print_help && exit ;;
        -*) usage_error "unknown option $argument" ;;
        *)
            [[ -f $argument && -r $argument ]] || fail "cannot read $argument"
            images+=("$(realpath "$argument")")
            ;;
    esac
done
if ((${#images[@]} == 0)); then images=("$root/tests/data/test_image.png"); fi

sends=0
uploads=0

upload_all() {
    local image result count=0
    for image in "${images[@]}"; do
        upload_and_compare "$image"
        uploads=$((uploads + 1))
        sends=$((sends + $(field sends "$result")))
        count=$((count + 1))
        if ((count > shown_max)); then continue; fi
        printf '  %s: %s bytes, encrypted by node %s in %s ms, decrypted again: identical\n' \
            "${image##*/}" "$(field bytes "$result")" "$(field node "$result")" "$(field millis "$result")"
    done
    if ((count > shown_max)); then printf '  ... and %d more, all identical\n' $((count - shown_max)); fi
}

explain_how_to_stop() {
    printf 'The cluster keeps running (nodes %s). Talk to it:\n ' "$(live_nodes | paste -sd' ')"
    printf ' %q' "$client_program" alice "${client_options[@]}"
    printf '\nStop it:\n  kill'
    printf ' %d' "${node_pids[@]}"
    printf '; sleep 1; rm -r %q\n' "$cluster_dir"
}

make_programs
begin_cluster demo
# Whoever stays may want the page, too.
if [[ $interactive == yes || $cluster_keep == asked ]]; then node_http=([1]=auto [2]=auto [3]=auto); fi

started=$(now_us)
for id in 1 2 3; do start_node "$id"; done
wait_until 20 agreed_on 3 || explain "the nodes did not elect node 3 within 20 s"
wait_until 20 members_alive 3 || explain "the client did not see three members within 20 s"
printf 'Three nodes found one another and elected node 3 in %s s.\n' "$(seconds_since "$started")"
upload_all

fail_over KILL 3 || explain "no node took over within 15 s"
leader=$(agreed_leader) || explain "the survivors do not agree on a leader"
printf 'kill -9 of node 3, the leader: node %s took over after %s ms.\n' "$leader" "$(format_us "$failover_us" MS)"
upload_all

printf 'Summary: %d uploads, all identical after decryption; failover %s ms; %d sends, %d resends.\n' \
    "$uploads" "$(format_us "$failover_us" MS)" "$sends" $((sends - uploads))
if [[ $interactive == yes ]]; then
    # Ctrl-C cancels a command of the client, not the session.
    trap : INT
    run_client || true
fi
if [[ $cluster_keep == asked ]]; then
    cluster_keep=yes
    explain_how_to_stop
fi
