#!/usr/bin/env bash
# What followers do with requests for the leader when they are told to redirect or to pass them on, and what a client
# notices of a dead leader then.
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/e2e.sh"
# shellcheck source=tests/e2e/http.sh
source "$e2e/http.sh"

failure_ms=${CP_FAILURE_MS-0} # a paused leader is noticed by its silence alone
begin_test http-follower
"$make_image_program" small.png 100 80
node_options+=(--http-follower proxy)
start_http_nodes 1 2 3
need "node 3 says that it leads" is_leading 3

post 1 /register '{"username":"alice","addr":"10.0.0.1:1"}'
answered "a follower passes a registration on" 200 '.*"success":true'
call 2 POST /upload_image/alice -F image=@small.png
answered "and an upload" 200 '.*"filename"'
file=$(shape .filename)
curl -s -o back.png "http://$(api 1)/image/alice/$file"
holds "and brings the bytes back" cmp -s small.png back.png
call 1 GET /images/nobody
answered "and refusals as they are" 404 '.*"success":false'
post 1 /register 'nonsense'
answered "word for word" 400 '.*JSON object'

echo "--- a leader that hangs closes nothing"
patience_before=$patience
patience=8
for ((i = 0; i < 30; ++i)); do
    if ((i == 10)); then kill -STOP "${node_pids[3]}"; fi
    call 1 GET /images/alice
    printf '%s\n' "$status"
done >answers
patience=$patience_before
kill -CONT "${node_pids[3]}"
equal "every request was answered, by the next leader then" "30 200" "$(sort answers | uniq -c | xargs)"
need "node 3 says that it leads again" is_leading 3

echo "--- uploads while the leader dies"
for ((i = 0; i < 60; ++i)); do
    call 1 POST /upload_image/alice -F image=@small.png
    printf '%s %s\n' "$status" "$(shape .filename)"
    if ((i == 20)); then
        kill -KILL "${node_pids[3]}"
        unset 'node_pids[3]'
    fi
done >uploads
holds "at most one upload is told that it failed ($(grep -vc '^200 ' uploads || true))" \
    test "$(grep -vc '^200 ' uploads || true)" -le 1
need "node 2 says that it leads" is_leading 2
sed -n 's/^200 //p' uploads | LC_ALL=C sort >accepted
call 1 GET /images/alice
shape '.images[]' | LC_ALL=C sort >listed
equal "no accepted one is missing" "" "$(comm -23 accepted listed)"

echo "--- redirects"
for id in 1 2; do signal_node TERM "$id"; done
node_options+=(--http-follower redirect)
for id in 1 2; do : >"$(node_log "$id")"; done
start_nodes 1 2
need "node 2 says that it leads" is_leading 2
call 1 GET '/images/alice?x=1'
equal "a follower names the place" "307 http://$(api 2)/images/alice?x=1" "$status $(sed -n 's/^Location: //p' <<<"$headers")"
call 1 POST /upload_image/alice -L -F image=@small.png
answered "and who follows gets there" 200 '.*"filename"'
end_test
