#!/usr/bin/env bash
# The client's commands about users and images, through the nodes' HTTP API: who registers, is online, stores and fetches;
# across a leader's death, and with a prompt that keeps its user online.
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/e2e.sh"
# shellcheck source=tests/e2e/http.sh
source "$e2e/http.sh"

# as USER [OPTION...] COMMAND [ARG...]
as() {
    local user=$1
    shift
    capture "$client_program" "$user" "${client_options[@]}" "$@" </dev/null
}

sees_online() {
    as alice --json online
    [[ $(jq -r '[.online_clients[].username] | join(" ")' <<<"$out") == "$1" ]]
}

begin_test http-client
"$make_image_program" small.png 120 90 1
"$make_image_program" large.png 300 200 2
start_http_nodes 1 2 3
need "node 3 says that it leads" is_leading 3

as alice register 10.40.6.26:9000
like "a user registers" "^✓ User 'alice' registered at 10\.40\.6\.26:9000 \(id [0-9a-f-]{36}\)$" "$out"
as alice --json register 10.40.6.26:9001
like "again, from elsewhere" '^\{"event":"result","command":"register","ok":true,"username":"alice","addr":"10\.40\.6\.26:9001","user_id":"[0-9a-f-]{36}"\}$' "$out"
as bob register
equal "without an address it is the client's own" 0 "$code"
as alice users
like "both are listed" $'^2 users registered:\n  alice  10\.40\.6\.26:9001\n  bob    127\.0\.0\.1:[0-9]+$' "$out"
refused "an address must be one" 2 'HOST:PORT' register nowhere

as alice put small.png
like "an image is stored" '^✓ Stored as [0-9]{10}-[0-9a-f]{8}\.png$' "$out"
name=${out##* }
as bob --json gallery alice
equal "everybody sees it" "{\"event\":\"gallery\",\"username\":\"alice\",\"images\":[\"$name\"],\"count\":1}" "$out"
as alice gallery
equal "one's own needs no name" $'1 image of alice:\n'"  $name" "$out"
as alice get "$name"
equal "it comes back" "Image saved to: $cluster_dir/images/$name" "$out"
holds "byte for byte" cmp -s small.png "images/$name"
as bob --json get "alice/$name"
equal "to others under a name that is free" "$cluster_dir/images/${name%.png}-1.png" "$(jq -r .file <<<"$out")"
refused "an image that is not there" 4 'no such image' get 1-00000000.png
refused "a name that leads elsewhere" 4 'no such image' get ../profile.json
refused "an image that is too large" 5 'Image too large: 300x200 \(max 128x128\)' put large.png
refused "a file that is no image" 5 'not an image' put "${BASH_SOURCE[0]}"
as carol put small.png
check_refusal "a stranger's image" 4 "User 'carol' is not registered"
as 'not a user' online
check_refusal "a user that HTTP cannot name" 2 "cannot be a user of the HTTP API"

echo "--- a prompt keeps its user online"
mkfifo keys
"$client_program" alice "${client_options[@]}" <keys >session.out 2>&1 &
helpers+=($!)
exec 9>keys
printf 'online\n' >&9
post 3 /heartbeat '{"username":"bob","addr":"10.0.0.1:1"}'
eventually "somebody is online" sees_online bob
printf 'quit\n' >&9
exec 9>&-

echo "--- a dead leader"
fail_over KILL 3 || explain "nobody took over"
as alice --json users
equal "the next one is found" 2 "$(jq .count <<<"$out")"
as alice put small.png
equal "and stores" 0 "$code"
as alice online
like "who was online still is" 'bob' "$out"
for id in 2 1; do signal_node KILL "$id"; done
as alice --timeout 1 users
check_refusal "without a cluster" 3 'no node answered within 1 s'
end_test
