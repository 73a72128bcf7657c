#!/usr/bin/env bash
# SIGTERM and SIGINT end a node with 0, leader or follower, and leave nothing: no process, no lock, a data directory that
# the next start takes.
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/e2e.sh"

# Pids of a session; a node was started as the leader of one.
session_members() {
    local stat fields
    for stat in /proc/[0-9]*/stat; do
        # The name in parentheses may hold blanks; the session is the fourth field behind it.
        read -ra fields < <(sed 's/.*) //' "$stat" 2>/dev/null) || continue
        if [[ ${fields[3]:-} == "$1" ]]; then printf '%s\n' "${stat//[!0-9]/}"; fi
    done
}

# begin_node ID: as our child, so that its exit code can be asked for. Sets child.
begin_node() {
    node_command "$1"
    setsid "${command_line[@]}" </dev/null >>"$(node_log "$1")" 2>&1 &
    child=$!
    node_pids[$1]=$child
}

# end_node SIGNAL ID SENTENCE
end_node() {
    local code=0 pid=${node_pids[$2]}
    kill "-$1" "$pid"
    eventually "SIG$1 ends $3" ended_or_zombie "$pid"
    kill -KILL "$pid" 2>/dev/null || true
    wait "$pid" || code=$?
    unset "node_pids[$2]"
    equal "with exit code 0" 0 "$code"
    equal "and no process is left" "" "$(session_members "$pid")"
    equal "it said goodbye" 1 "$(count_events "$2" stopping "$mark")"
}

# A child that has ended waits to be asked for its exit code.
ended_or_zombie() { ended "$1" || has_line '^State:[[:space:]]+Z' "/proc/$1/status"; }

begin_test shutdown
"$make_image_program" photo.png
for signal in TERM INT; do
    for id in 1 2 3; do begin_node "$id"; done
    need "node 3 leads" agreed_on 3
    need "a client sees three members" members_alive 3
    upload "an upload before" photo.png
    mark=$(log_length 1)
    end_node "$signal" 1 "a follower"
    need "node 3 still leads" agreed_on 3
    mark=$(log_length 3)
    end_node "$signal" 3 "the leader"
    equal "the leader handed over to node 2" 2 "$(field to "$(events 3 hand_over "$mark")")"
    need "node 2 leads" agreed_on 2
    upload "an upload after" photo.png
    mark=$(log_length 2)
    end_node "$signal" 2 "the last one"
    for id in 1 2 3; do : >"$(node_log "$id")"; done
done

# A process that is killed leaves no lock either: the kernel drops it.
begin_node 1
need "node 1 leads, in the data directory of before" agreed_on 1
kill -KILL "$child"
wait "$child" 2>/dev/null || true
: >"$(node_log 1)"
begin_node 1
need "and again after kill -9" agreed_on 1
mark=0
end_node TERM 1 "the last one"
holds "each start took the next incarnation" test "$(<node-1/incarnation)" -gt "$(<node-3/incarnation)"
end_test
