#!/usr/bin/env bash
# The HTTP API against what no honest program sends: each gets its 4xx, the memory stays bounded, and the node leads on.
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/e2e.sh"
# shellcheck source=tests/e2e/http.sh
source "$e2e/http.sh"
abuse=${CP_HTTP_ABUSE:-$build/tests/e2e/http_abuse}

# resident ID: MiB of that node's memory.
resident() { awk '/^VmRSS:/ { print int($2 / 1024) }' "/proc/${node_pids[$1]}/status"; }

# raw SENTENCE REGEX BYTES: what comes back for these bytes (printf escapes), in one line.
raw() {
    local answer
    answer=$(printf '%b' "$3" | timeout 30 "$abuse" raw "${node_http[2]}" | tr -d '\r' | tr '\n' ' ')
    like "$1" "$2" "$answer"
}

# each_refused METHOD PATH STATUS SENTENCE [CURL_OPTION...]: with a JSON body that says so.
each_refused() {
    local method=$1 path=$2 expected=$3 sentence=$4
    shift 4
    call 2 "$method" "$path" "$@"
    if [[ $status == "$expected" && $(shape .success) == false && -n $(shape .message) ]]; then
        pass "$sentence"
    else
        miss "$sentence" "expected $expected in JSON, saw $status $body"
    fi
}

still_leading() {
    call 2 GET /
    equal "node 2 leads on after $1" "200 true" "$status $(shape .is_leader)"
}

begin_test http-hostile
start_http_nodes 1 2
need "node 2 says that it leads" is_leading 2
post 2 /register '{"username":"alice","addr":"10.0.0.1:1"}'
"$make_image_program" small.png 60 40
mark=$(log_length 1)
before=$(resident 2)

echo "--- paths and methods"
for path in /../etc/passwd /users/../../x /image/alice/..%2f..%2fprofile.json /image/alice/%00 /image/..%5cx/y /%zz \
    '/users?%0d%0aX=1' '/image/alice/%2e%2e'; do
    each_refused GET "$path" 400 "no path leads out: $path"
done
each_refused GET "/$(printf 'a%.0s' {1..3000})" 414 "a long address"
each_refused GET /nothing/here 404 "an unknown path"
each_refused GET /image/alice/.hidden 404 "a name that no image has"
for path in /register /heartbeat /upload_image/alice; do each_refused GET "$path" 405 "GET $path"; done
for path in / /users /discover /images/alice /metrics; do each_refused DELETE "$path" 405 "DELETE $path"; done
call 2 DELETE /users
like "what is allowed is said" $'\nAllow: GET, HEAD\n' "$headers"
each_refused POST /upload_image/..%2falice 400 "a user that leads elsewhere" -F image=@small.png

echo "--- bodies"
for json in '' '{' 'null' '[1]' '{"username":"alice"}' '{"username":1,"addr":"a:1"}' '{"username":"a/b","addr":"a:1"}' \
    '{"username":"alice","addr":"a"}' '{"username":"alice\n","addr":"a:1"}'; do
    each_refused POST /register 400 "no registration with '$json'" -d "$json"
    each_refused POST /heartbeat 400 "no heartbeat with '$json'" -d "$json"
done
head -c 30000 /dev/zero | tr '\0' '[' >deep
each_refused POST /register 413 "a JSON body that is too large" --data-binary @deep
head -c 10000 deep >less
each_refused POST /register 400 "a deep one" --data-binary @less
head -c 6000000 /dev/zero >huge
each_refused POST /upload_image/alice 413 "a form that is too large" -F image=@huge
each_refused POST /upload_image/alice 413 "and in chunks" -H 'Transfer-Encoding: chunked' -F image=@huge
each_refused PUT /api/v1/images/alice/a.png 413 "and raw" --data-binary @huge
for type in '' text/plain multipart/form-data 'multipart/form-data; boundary=' 'multipart/form-data; boundary=X' \
    "multipart/form-data; boundary=$(printf 'b%.0s' {1..200})"; do
    each_refused POST /upload_image/alice 400 "no form: '$type'" -H "Content-Type: $type" --data-binary @small.png
done
each_refused POST /upload_image/alice 400 "a form without the field" -F other=@small.png
each_refused POST /upload_image/alice 415 "a picture that is none" -F image=@deep
each_refused PUT /api/v1/images/alice/a.jpg 415 "a picture under a name that lies" --data-binary @small.png
each_refused GET '/discover_with_images?limit=-1' 400 "a number that is none"

echo "--- other pages"
each_refused GET /users 403 "a name that was rebound to us" -H 'Host: evil.example'
each_refused POST /register 403 "another page's script" -H 'Origin: http://evil.example' -d '{"username":"eve","addr":"e:1"}'
each_refused GET /users 403 "a page without an origin" -H 'Origin: null'
call 2 GET /users
equal "nobody was registered by them" 1 "$(shape .count)"

echo "--- bytes"
raw "no HTTP at all" '^HTTP/1\.1 400 .*"success":false' 'hello world\r\n\r\n'
raw "TLS where there is none" '^HTTP/1\.1 400 ' '\0026\0003\0001\0002\0000\0001\0000\0001\r\n\r\n'
raw "no Host" '^HTTP/1\.1 403 ' 'GET / HTTP/1.1\r\n\r\n'
raw "two of them" '^HTTP/1\.1 400 ' 'GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n'
raw "both lengths" '^HTTP/1\.1 400 ' 'POST /register HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'
raw "a coding that is not ours, and a request hidden in it" '^HTTP/1\.1 400 .*chunked, or none"\} *$' \
    'POST /register HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\nGET /users HTTP/1.1\r\nHost: localhost\r\n\r\n'
raw "nor one with a length" '^HTTP/1\.1 400 .*chunked, or none"\} *$' \
    'POST /register HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: xchunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n'
raw "a length that is none" '^HTTP/1\.1 400 ' 'POST /register HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5x\r\n\r\nhello'
raw "a length beyond all" '^HTTP/1\.1 4(00|13) ' 'POST /register HTTP/1.1\r\nHost: localhost\r\nContent-Length: 18446744073709551615\r\n\r\n'
raw "a head that never ends" '^HTTP/1\.1 431 ' "GET / HTTP/1.1\r\nHost: localhost\r\nX: $(printf 'a%.0s' {1..40000})\r\n\r\n"
raw "a line break in a header" '^HTTP/1\.1 400 ' 'GET / HTTP/1.1\r\nHost: localhost\r\nX: a\nb\r\n\r\n'
raw "requests behind one another get answers in order" \
    'HTTP/1\.1 200 .*"status":"ok".*HTTP/1\.1 404 .*HTTP/1\.1 200 .*"count":1' \
    'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\nGET /users HTTP/1.1\r\nHost: localhost\r\n\r\n'
many=$(for ((i = 0; i < 2000; ++i)); do printf 'GET / HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n'; done)
pipelined=$(printf '%b' "$many" | "$abuse" raw "${node_http[2]}" | grep -oF 'HTTP/1.1 200' | wc -l)
equal "two thousand of them, too" 2000 "$pipelined"
still_leading "all these"

echo "--- slowness and numbers"
equal "a head that takes too long" "HTTP/1.1 408 Request Timeout" "$(timeout 60 "$abuse" slow "${node_http[2]}")"
"$abuse" idle "${node_http[2]}" 10000 8 >idle.out &
helpers+=($!)
need "ten thousand connections were opened" has_line '^open ' idle.out
for ((i = 0; i < 20; ++i)); do
    call 2 GET /discover
    [[ $status == 200 ]] || break
done
equal "others are answered all the same" 200 "$status"
holds "memory is bounded: $before MiB before, $(resident 2) MiB now" test "$(resident 2)" -lt $((before + 150))
still_leading "ten thousand connections"
equal "no other leader was ever adopted" 0 "$(count_events 1 leader_changed "$mark")"
call 2 POST /upload_image/alice -F image=@small.png
answered "and an honest upload is taken" 200 '.*"success":true'
end_test
