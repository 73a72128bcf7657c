#!/usr/bin/env bash
# What users of the HTTP API notice of a leader that is killed: three nodes under load, through all three of them; for how
# long requests fail, and whether an upload that was accepted is missing afterwards.
# Usage: http.sh [--rounds N] [--connections N] [--modes LIST]
#   --rounds N        kills in each mode (default 5)
#   --connections N   that ask at once, a third of them at each node (default 6)
#   --modes LIST      what followers do: redirect, proxy (default both)
# CP_NODE and CP_CLIENT name another build's programs, CP_MAKE_TEST_IMAGE the maker of pictures.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/e2e/e2e.sh
source "$here/../../e2e/e2e.sh"
# shellcheck source=tests/e2e/http.sh
source "$here/../../e2e/http.sh"

rounds=5
connections=6
modes=redirect,proxy
while (($# > 0)); do
    case $1 in
        --rounds) require_number "$1" "${2:-}" && rounds=$2 && shift ;;
        --connections) require_number "$1" "${2:-}" && connections=$2 && shift ;;
        --modes) modes=${2:-} && shift ;;
        -h | --help) print_help && exit ;;
        *) usage_error "unknown option $1" ;;
    esac
    shift
done
[[ $modes =~ ^(redirect|proxy)(,(redirect|proxy))*$ ]] || usage_error "--modes does not know '$modes'"
have python3 || skip "python3 is not installed"

# one_round MODE: kills node 3 in the middle of the load, and brings it back.
one_round() {
    local missing result
    "$here/load.py" 4 "$connections" small.png accepted "$(api 1)" "$(api 2)" "$(api 3)" >result &
    helpers+=($!)
    sleep 1.5
    signal_node KILL 3
    wait "${helpers[-1]}" || explain "load.py failed"
    result=$(<result)
    call 2 GET /images/alice
    missing=$(comm -23 <(LC_ALL=C sort accepted) <(shape '.images[]' | LC_ALL=C sort) | wc -l)
    printf '| %s | %s | %s | %s | %s | %s | %d |\n' "$1" "$(jq .requests <<<"$result")" "$(wc -l <accepted)" \
        "$(jq .failures <<<"$result")" "$(jq .window_ms <<<"$result")" "$(jq .gap_ms <<<"$result")" "$missing"
    ((missing == 0)) || miss "no accepted upload is missing" "$missing are"
    start_node 3
    wait_until "$patience" is_leading 3 || explain "node 3 does not come back"
}

begin_test bench-http
"$make_image_program" small.png 128 128
printf '| followers | requests | uploads accepted | failed | from the first failure to the last, ms | longest wait of one connection, ms | missing |\n|---|---|---|---|---|---|---|\n' >table
for mode in ${modes//,/ }; do
    node_options=("${network_options[@]}" --store "dir:$cluster_dir/store-$mode" --http-follower "$mode")
    for id in 1 2 3; do : >"$(node_log "$id")"; done
    start_http_nodes 1 2 3 >>log
    wait_until "$patience" is_leading 3 || explain "node 3 does not lead"
    post 3 /register '{"username":"alice","addr":"10.0.0.1:1"}'
    for ((round = 0; round < rounds; ++round)); do one_round "$mode" >>table; done
    for id in 1 2 3; do signal_node TERM "$id"; done
done
cat table
((failures == 0)) || exit 1
