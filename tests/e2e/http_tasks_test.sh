#!/usr/bin/env bash
# Tasks for the cluster over HTTP: encrypted and hidden by whoever leads, asked about at any node, by the owner alone; and
# none of those that were accepted is lost when the leader, which took them, is killed before anybody asks.
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/e2e.sh"
# shellcheck source=tests/e2e/http.sh
source "$e2e/http.sh"

# order ID [CURL_OPTION...]: sets task and token, besides what call sets.
order() {
    call "$1" POST /api/v1/tasks "${@:2}"
    task=$(shape .task)
    token=$(shape .token)
}

# state_is ID TASK TOKEN STATE
state_is() {
    call "$1" GET "/api/v1/tasks/$2" -H "X-Task-Token: $3"
    [[ $(shape .state) == "$4" ]]
}

# fetch ID TASK TOKEN FILE
fetch() { curl -sf -m "$patience" -H "X-Task-Token: $3" -o "$4" "http://$(api "$1")/api/v1/tasks/$2/result"; }

# opens FILE ORIGINAL [CLIENT_OPTION...]: by the client, which needs no cluster for it.
opens() {
    rm -f opened
    "$client_program" alice --quiet "${@:3}" decrypt "$1" -o opened >/dev/null && cmp -s opened "$2"
}

# finds FILE EXPECTED [CLIENT_OPTION...]: what is hidden there.
finds() {
    rm -f found
    "$client_program" alice --quiet "${@:3}" extract "$1" -o found >/dev/null && cmp -s found "$2"
}

# refused_order SENTENCE STATUS REGEX [CURL_OPTION...]
refused_order() {
    call 3 POST /api/v1/tasks "${@:4}"
    answered "$1" "$2" '\{"success":false,"message":"[^"]*'"$3"
}

begin_test http-tasks
"$make_image_program" photo.png 300 200 1
"$make_image_program" small.png 40 30 2
"$make_image_program" tiny.png 8 8 3
"$make_image_program" large.png 1600 1200 4
printf 'meet me at noon' >secret.txt
printf 'correct horse' >passphrase
od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n' >user.hex
sed 's/../\\x&/g' user.hex | xargs -0 printf '%b' >user.key
start_http_nodes 1 2 3
need "node 3 says that it leads" is_leading 3

echo "--- encryption"
order 3 -F user=alice -F image=@photo.png
answered "a picture is taken" 202 '\{"success":true,"message":"Task accepted","task":"alice-[0-9a-f]{16}-1","state":"accepted","replicas":[1-3],"token":"[0-9a-f]{32}","url":"/api/v1/tasks/alice-[0-9a-f]{16}-1","result":"/api/v1/tasks/alice-[0-9a-f]{16}-1/result"\}$'
like "its place is in the head, too" "Location: /api/v1/tasks/$task" "$headers"
eventually "and is done" state_is 3 "$task" "$token" "done"
for id in 3 1; do
    holds "node $id gives the file" fetch "$id" "$task" "$token" encrypted.png
    holds "which opens to the picture" opens encrypted.png photo.png
done
first=$task
first_token=$token
order 1 -F user=alice -F image=@photo.png -F passphrase='correct horse'
eventually "a follower takes one as well, with a passphrase" state_is 2 "$task" "$token" "done"
fetch 2 "$task" "$token" encrypted.png
holds "which opens it" opens encrypted.png photo.png --passphrase-file passphrase
order 2 -F user=alice -F image=@photo.png -F key="$(<user.hex)"
eventually "and one with a key" state_is 1 "$task" "$token" "done"
fetch 1 "$task" "$token" encrypted.png
holds "which opens it" opens encrypted.png photo.png --user-key user.key

echo "--- hiding"
order 3 -F user=alice -F command=hide -F image=@photo.png -F 'text=meet me at noon'
eventually "a text is hidden" state_is 3 "$task" "$token" "done"
fetch 3 "$task" "$token" stego.png
holds "and found again" finds stego.png secret.txt
call 3 GET "/api/v1/tasks/$task/result" -H "X-Task-Token: $token"
like "as a PNG to be saved" $'Content-Type: image/png\n(.*\n)*Content-Disposition: attachment; filename="'"$task"'\.png"' "$headers"
order 3 -F user=alice -F command=hide -F image=@photo.png -F file=@small.png -F passphrase='correct horse'
eventually "a picture is hidden" state_is 3 "$task" "$token" "done"
fetch 3 "$task" "$token" stego.png
holds "and found again" finds stego.png small.png --passphrase-file passphrase

echo "--- whose they are"
for path in "/api/v1/tasks/$first" "/api/v1/tasks/$first/result"; do
    call 1 GET "$path"
    answered "$path is nobody's without its token" 403 '.*X-Task-Token'
    call 1 GET "$path" -H "X-Task-Token: $token"
    answered "nor with another's" 403 '.*X-Task-Token'
    call 1 GET "$path?token=$first_token"
    equal "a link may carry it" 200 "$status"
done
call 3 GET /api/v1/tasks
answered "the list says what is worked on" 200 '\{"tasks":\[.*\],"count":[0-9]+\}$'
holds "and no token" test -z "$(grep -F token <<<"$body")"
for name in nothing alice-1-2 "alice-$(printf '%016X' 255)-1" 'a%20b-0000000000000000-1'; do
    call 1 GET "/api/v1/tasks/$name"
    answered "'$name' is no task" 404 '.*"success":false'
done
call 1 GET "/api/v1/tasks/${first%-*}-77/result" -H "X-Task-Token: $first_token"
equal "a token is of one task" 403 "$status"

echo "--- what is refused"
refused_order "no user" 400 'user: whose task it is' -F image=@photo.png
refused_order "a user that is none" 400 'user: 1 to 64' -F user=a/b -F image=@photo.png
refused_order "no picture" 400 'image: the picture is missing' -F user=alice
refused_order "a field that is mistyped" 400 'no field of that name' -F user=alice -F image=@photo.png -F passphrsae=x
refused_order "another command" 400 'command: encrypt or hide' -F user=alice -F image=@photo.png -F command=shred
refused_order "a key that is none" 400 'key: 64' -F user=alice -F image=@photo.png -F key=abc
refused_order "two secrets" 400 'not both' -F user=alice -F image=@photo.png -F passphrase=x -F "key=$(<user.hex)"
refused_order "nothing to hide" 400 'either text or file' -F user=alice -F image=@photo.png -F command=hide
refused_order "something to hide, and no word of it" 400 'are for hide' -F user=alice -F image=@photo.png -F text=x
refused_order "no form" 400 'multipart/form-data' -d '{"user":"alice"}'
refused_order "a text" 415 'Unsupported image format' -F user=alice -F image=@secret.txt
refused_order "what is encrypted already" 415 'encrypted already' -F user=alice -F image=@encrypted.png
refused_order "a cover that is too small" 422 '' -F user=alice -F command=hide -F image=@tiny.png -F file=@photo.png
head -c 34000000 /dev/zero >huge
refused_order "a body that is too large" 413 'too large' -F user=alice -F image=@huge

echo "--- the leader dies between the order and the question"
declare -A orders=()
for ((i = 0; i < 6; ++i)); do
    order 3 -F user=alice -F image=@photo.png
    orders[$task]=$token
done
order 3 -F user=alice -F command=hide -F image=@large.png -F 'text=meet me at noon'
answered "the last one, which takes long, is accepted" 202 '.*"task"'
signal_node KILL 3
long=$task
long_token=$token
eventually "the next leader finishes what nobody had asked for yet" state_is 2 "$long" "$long_token" "done"
fetch 1 "$long" "$long_token" stego.png
holds "and it is right" finds stego.png secret.txt
for task in "${!orders[@]}"; do
    eventually "$task is done" state_is 1 "$task" "${orders[$task]}" "done"
    fetch 2 "$task" "${orders[$task]}" encrypted.png
    holds "and opens" opens encrypted.png photo.png
done

echo "--- and while a follower hands it in"
for ((i = 0; i < 12; ++i)); do
    call 1 POST /api/v1/tasks -F user=alice -F image=@photo.png
    printf '%s %s %s\n' "$status" "$(shape .task)" "$(shape .token)"
    if ((i == 4)); then
        kill -KILL "${node_pids[2]}"
        unset 'node_pids[2]'
    fi
done >handed_in
equal "all are accepted" 12 "$(grep -c '^202 ' handed_in)"
while read -r _ task token; do
    wait_until "$patience" state_is 1 "$task" "$token" "done" || miss "one is not lost" "$task: $body"
done <handed_in
pass "and done"
end_test
