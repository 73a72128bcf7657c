#!/usr/bin/env bash
# Every endpoint of the OpenAPI document with wrong methods, types and sizes: each answer is JSON, and its status one that
# the document names for that operation.
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/e2e.sh"
# shellcheck source=tests/e2e/http.sh
source "$e2e/http.sh"

# example PATTERN: with values for its braces.
example() {
    local path=${1//\{user\}/alice}
    path=${path//\{task\}/alice-0000000000000000-1}
    printf '%s\n' "${path//\{file\}/nothing.png}"
}

# documented METHOD PATTERN: the statuses of that operation, one a line.
documented() { jq -r --arg path "$2" --arg method "${1,,}" '.paths[$path][$method].responses | keys[]' openapi.json; }

# expect_documented METHOD PATTERN WHAT [STATUS_REGEX]: of the last call.
expect_documented() {
    if ! documented "$1" "$2" | grep -qxF "$status"; then
        miss "$1 $2 with $3" "its status $status is not in the document: $body"
    elif [[ ! $status =~ ^(${4:-4..})$ ]]; then
        miss "$1 $2 with $3" "expected ${4:-4xx}, saw $status $body"
    elif [[ $(shape .success) != false || -z $(shape .message) ]]; then
        miss "$1 $2 with $3" "no failure in JSON: $status $body"
    else
        checks=$((checks + 1))
    fi
}

# said HOW_MANY SENTENCE: the checks since the last one.
said() {
    holds "$1 ($checks)" test "$checks" -gt 0
    checks=0
}

begin_test http-scan
checks=0
start_http_nodes 1
need "node 1 says that it leads" is_leading 1
post 1 /register '{"username":"alice","addr":"10.0.0.1:1"}'
"$make_image_program" small.png 40 30
head -c 34000000 /dev/zero >huge
call 1 GET /api/v1/openapi.json
cp "$cluster_dir/body" openapi.json
jq -r '.paths | to_entries[] | .key as $path | .value | keys[] | ascii_upcase + " " + $path' openapi.json >operations
holds "the document has operations" test "$(wc -l <operations)" -gt 20

while read -r pattern; do
    path=$(example "$pattern")
    allowed=$(awk -v path="$pattern" '$2 == path { print $1 }' operations)
    for method in GET POST PUT DELETE PATCH OPTIONS TRACE BREW; do
        grep -qxF "$method" <<<"$allowed" && continue
        call 1 "$method" "$path"
        if [[ $status != 405 || $(shape .success) != false ]]; then
            miss "$method $pattern is refused" "$status $body"
        elif ! sed -n 's/^Allow: //p' <<<"$headers" | tr -d ' ' | tr ',' '\n' | grep -qxF "$(head -n 1 <<<"$allowed")"; then
            miss "$method $pattern: what is allowed is said" "$headers"
        else
            checks=$((checks + 1))
        fi
    done
done < <(awk '{ print $2 }' operations | sort -u)
said "every other method is refused, and the right ones are named"

while read -r method pattern; do
    [[ $pattern == /api/v1/events ]] && continue # has no end
    path=$(example "$pattern")
    if [[ $method == GET ]]; then
        call 1 GET "$path"
        plain=$status
        [[ $status == 200 ]] || expect_documented GET "$pattern" "examples" '4..|503'
        status=$(curl -sI -m "$patience" -o head -w '%{http_code}' "http://$(api 1)$path")
        if [[ $status != "$plain" ]]; then miss "HEAD $pattern" "$status, and GET says $plain"; else checks=$((checks + 1)); fi
        call 1 GET "$path?x=%zz"
        expect_documented GET "$pattern" "a broken query" 400
        call 1 GET "$path" --data-binary @huge -H 'Expect:'
        expect_documented GET "$pattern" "a huge body" 413
    fi
done <operations
said "what is read is found or refused as documented"

bodies=('' '{' 'null' '[]' '"x"' '{"username":[],"addr":{}}' '{"username":"../x","addr":"a:1"}' '<a/>' $'\xff\xfe')
types=(application/json text/plain multipart/form-data 'multipart/form-data; boundary=' 'multipart/form-data; boundary=X' image/png x '')
while read -r method pattern; do
    [[ $method == POST || $method == PUT ]] || continue
    path=$(example "$pattern")
    [[ $pattern == /api/v1/session ]] && continue # takes nothing, and a token is not needed here
    for content in "${bodies[@]}"; do
        for type in "${types[@]}"; do
            call 1 "$method" "$path" -H "Content-Type: $type" --data-binary "$content"
            expect_documented "$method" "$pattern" "'$content' as '$type'" '4..'
        done
    done
    call 1 "$method" "$path" --data-binary @huge
    expect_documented "$method" "$pattern" "a huge body" 413
    call 1 "$method" "$path" --data-binary @huge -H 'Transfer-Encoding: chunked'
    expect_documented "$method" "$pattern" "a huge body in chunks" 413
    call 1 "$method" "$path" -F image=@small.png -F image=@small.png -F "user=$(printf 'a%.0s' {1..70})"
    [[ $pattern == /upload_image/* ]] || expect_documented "$method" "$pattern" "fields twice" '4..'
    call 1 "$method" "$path" -H 'Origin: http://evil.example' --data-binary x
    expect_documented "$method" "$pattern" "another page's" 403
    call 1 "$method" "$path" -H 'Host: evil.example' --data-binary x
    expect_documented "$method" "$pattern" "another name" 403
done < <(cat operations)
said "what is written is refused as documented"

for path in "/$(printf 'a%.0s' {1..3000})" "/$(printf 'a/%.0s' {1..40})" "/?$(printf 'a&%.0s' {1..100})"; do
    call 1 GET "$path"
    if [[ $status == 414 && $(shape .success) == false ]]; then checks=$((checks + 1)); else miss "a long address" "$status $body"; fi
done
said "addresses over a bound are refused"
call 1 GET /users
equal "nothing of all this was taken" "200 1" "$status $(shape .count)"
end_test
