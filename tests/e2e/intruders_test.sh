#!/usr/bin/env bash
# Who comes to a running cluster and does not belong there: a second node of an id, a second holder of a data directory,
# datagrams of any bytes. The newcomer is told; the cluster goes on.
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/e2e.sh"

group=239.255.67.80

# Text logs on standard error are what a person sees.
check_second_nodes() {
    local id
    for id in 1 2; do
        capture "$node_program" "$id" "${node_options[@]}" --data-dir "$cluster_dir/second-$id"
        equal "a second node $id ends with 1 and says why" "1 yes" \
            "$code $([[ $err == *"another node $id is running already"* ]] && echo yes)"
    done
    capture "$node_program" 9 "${node_options[@]}" --data-dir "$cluster_dir/node-1"
    check_refusal "a data directory that is in use" 1 "node-1: another node \(process ${node_pids[1]}\) uses this data directory"
    capture "$node_program" 9 "${node_options[@]}" --data-dir "$cluster_dir/empty"
    check_refusal "a file in the place of the data directory" 1 'empty: Not a directory'
    equal "the leader is still the first node 2, in the same term" "0 0" "$(changes_since_calm 1 2)"
    upload "and works" photo.png
}

check_garbage() {
    local kind port=${network_options[3]}
    for kind in random header session; do
        holds "some $kind garbage is sent" "$flood_program" "$group" "$port" 2000 1 "$kind" >/dev/null
        eventually "and counted" refused_some "$kind"
    done
    upload "the cluster goes on" photo.png
}

refused_some() {
    local reason=not_authentic
    if [[ $1 == random ]]; then reason=wrong_magic; fi
    has_line "\"event\":\"datagram_refused\",\"reason\":\"$reason\"" node-1.log
}

begin_test intruders
"$make_image_program" photo.png 400 300
: >empty
start_nodes 1 2
check_second_nodes
check_garbage
end_test
