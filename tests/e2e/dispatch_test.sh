#!/usr/bin/env bash
# --dispatch: the work goes round the nodes; a worker is killed between uploads, and another while it works. Every upload
# ends well, and its bytes were sent once.
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/e2e.sh"

uploads=30
rate=200 # of the nodes: an answer of big.bin takes two seconds, in which its worker can be killed

# count_by NODE FILE: results in FILE that came from that node.
count_by() { grep -cE "\"node\":$1," "$2" || true; }

# check_all SENTENCE: of the results in results.json.
check_all() {
    local line why count=0
    while read -r line; do
        why=$(why_not_uploaded photo.png "$line")
        if [[ -n $why ]]; then miss "$1" "$why: $line"; else count=$((count + 1)); fi
    done <results.json
    equal "$1" "$uploads" "$count"
}

# One client, one command after the other; node 1 dies when a third of them is done.
worker_killed_between() {
    local client
    for ((i = 0; i < uploads; ++i)); do echo "upload photo.png"; done >script
    (exec_client --json <script >results.json 2>results.err) &
    client=$!
    helpers+=("$client")
    need "a third of the uploads is done" ten_done
    signal_node KILL 1
    code=0
    wait "$client" || code=$?
    equal "all uploads end well though node 1 was killed" 0 "$code"
    check_all "$uploads uploads, each sent once and verified"
    for id in 1 2 3; do
        holds "node $id has worked" test "$(count_by "$id" results.json)" -gt 0
    done
    holds "those that live shared the rest" test "$(count_by 2 results.json)" -gt 9
}
ten_done() { (($(wc -l <results.json) >= uploads / 3)); }

# assigned_to_another MARK: since that line of its log the leader gave a task to somebody else. Sets worker.
assigned_to_another() {
    worker=$(field to "$(events 3 task_assigned "$1" | tail -n 1)")
    [[ -n $worker ]]
}

worker_killed_while_it_works() {
    local attempt mark
    for attempt in 1 2 3; do # the leader has its turn, too
        mark=$(log_length 3)
        start_upload big.bin
        need "a task is assigned" assigned_to_another "$mark"
        if [[ $worker != 3 ]] && ! ended "$uploader"; then break; fi
        worker=""
        end_upload
    done
    if [[ -z $worker ]]; then # the least loaded of all, or the first who had all of it on a busy machine
        skip_case "that an upload outlives its worker: three in a row were the leader's, or over too soon"
        return
    fi
    signal_node KILL "$worker"
    end_upload
    equal "an upload whose worker was killed ends well" 0 "$code"
    uploaded "is sent once and verified" big.bin "$result"
    holds "by another node than $worker" test "$(field node "$result")" != "$worker"
}

begin_test dispatch
"$make_image_program" photo.png
head -c 60000000 /dev/urandom >big.bin
plain_options=("${node_options[@]}")
for policy in round-robin least-loaded; do
    node_options=("${plain_options[@]}" --dispatch "$policy")
    : >results.json
    CLOUDP2P_NETWORK_MAX_RATE=$rate start_nodes 1 2 3
    if [[ $policy == round-robin ]]; then
        worker_killed_between
        CLOUDP2P_NETWORK_MAX_RATE=$rate start_node 1
        need "node 1 is back" members_alive 3
    fi
    worker_killed_while_it_works
    for id in $(live_nodes); do signal_node KILL "$id"; done
    rm -f ./*.log
done
end_test
