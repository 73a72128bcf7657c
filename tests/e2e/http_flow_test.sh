#!/usr/bin/env bash
# The HTTP API as its users know it, step by step with curl against three nodes: health, registration, images,
# heartbeats, discovery, bulk download, a dead leader, a user who goes silent, a follower that refuses, what the page
# asks.
# Usage: http_flow_test.sh [--kill]
# --kill: between any two steps the leader is killed and started again; nothing may be lost.
# CP_E2E_STORE=URL takes another store than a folder, CP_E2E_QUORUM=N a quorum (tests/storage/ starts such stores).
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/e2e.sh"
# shellcheck source=tests/e2e/http.sh
source "$e2e/http.sh"
# shellcheck source=tests/storage/objects.sh
source "$e2e/../storage/objects.sh"

uuid='[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}'
image_name='[0-9]{10}-[0-9a-f]{8}\.(png|jpg|webp)'

# heartbeat ID USER PORT
heartbeat() { post "$1" /heartbeat "{\"username\": \"$2\", \"addr\": \"10.40.6.26:$3\"}"; }

online_are() {
    call "$1" GET /discover
    [[ $(shape '[.online_clients[].username] | join(" ")') == "$2" ]]
}

# knows ID COUNT: how many users a follower thinks are online.
knows() {
    call "$1" GET /
    [[ $(shape .online_clients_count) == "$2" ]]
}

# beat_for ID COUNT: heartbeats of the first COUNT users, so that the machine may take its time between them and their use.
beat_for() {
    local names=(alice bob carol) n
    for ((n = 0; n < $2; ++n)); do heartbeat "$1" "${names[n]}" 900$n; done
}

# hears_of ID COUNT: that these are online, from the leader.
hears_of() { beat_for "$leader" "$2" && knows "$1" "$2"; }

# step N TITLE: where `killing`, the leader (node $leader) dies here first, and comes back.
step() {
    local others
    if [[ $killing == yes ]]; then
        signal_node KILL "$leader"
        others=$(live_nodes | tail -n 1)
        if ((${#node_pids[@]} >= quorum)); then need "node $others takes over before step $1" is_leading "$others"; fi
        start_node "$leader"
        need "node $leader leads again" is_leading "$leader"
    fi
    printf -- '--- %s. %s\n' "$1" "$2"
}

killing=no
timeout_s=10
if [[ ${1:-} == --kill ]]; then
    killing=yes
    timeout_s=40 # nobody sends heartbeats while nodes come and go
    patience=$((patience + timeout_s))
fi
quorum=${CP_E2E_QUORUM:-0}
leader=3
begin_test http-flow
objects_url=${CP_E2E_STORE:-dir:$cluster_dir/store}
node_options=("${network_options[@]}" --config "$cluster_dir/node.toml" --store "$objects_url" --quorum "$quorum")
printf '[http]\npresence_timeout_s = %d\n' "$timeout_s" >node.toml
make_image() { "$make_image_program" "$1" "$2" "$3" "$4"; }
make_image blue.png 128 128 1
make_image red.jpg 100 100 2
make_image other.webp 90 40 3
make_image large.png 256 256 4
printf 'GIF89a' >moving.gif
start_http_nodes 1 2 3
need "node 3 says that it leads" is_leading 3

echo "--- 1. health"
call 3 GET /
answered "the leader says so" 200 \
    '\{"status":"ok","is_leader":true,"online_clients_count":0,"current_leader":"'"$(api 3)"'","leader_id":3,"epoch":"[0-9]+\.3\.[0-9]+"\}$'
call 1 GET /
answered "a follower names the leader" 200 '.*"is_leader":false,.*"current_leader":"'"$(api 3)"'"'

step 2 "registration"
post 3 /register '{"username": "alice", "addr": "10.40.6.26:9000"}'
answered "alice is registered" 200 \
    "\\{\"success\":true,\"message\":\"User 'alice' registered successfully at 10\\.40\\.6\\.26:9000\",\"user_id\":\"$uuid\"\\}$"
id=$(shape .user_id)
post 3 /register '{"username": "bob", "addr": "10.40.6.26:9001"}'
answered "and bob" 200 '.*"success":true'
post 3 /register '{"username": "alice", "addr": "10.40.6.26:9100"}'
equal "again gives the same id" "$id" "$(shape .user_id)"
call 3 GET /users
equal "and the new address" "10.40.6.26:9100" "$(shape '.users[] | select(.username == "alice") | .addr')"
equal "two users, each with its fields" '2 ["addr","id","registered_at","username"]' "$(shape .count) $(shape '.users[0] | keys')"
post 3 /register '{"username": "alice", "addr": "10.40.6.26:9000"}'

step 3 "images"
call 3 POST /upload_image/alice -F image=@blue.png
answered "a picture is taken" 200 \
    "\\{\"success\":true,\"message\":\"Image uploaded successfully\",\"filename\":\"$image_name\"\\}$"
first=$(shape .filename)
call 3 POST /upload_image/alice -F image=@red.jpg
second=$(shape .filename)
like "a JPEG keeps its kind" '\.jpg$' "$second"
call 3 POST /upload_image/bob -F note=hello -F image=@other.webp
like "other fields of the form are skipped" '\.webp$' "$(shape .filename)"
call 3 GET /images/alice
equal "both are listed" "2" "$(shape .count)"
equal "under their names" "$(printf '%s\n' "$first" "$second" | LC_ALL=C sort)" "$(shape '.images[]' | LC_ALL=C sort)"
curl -s -o downloaded.png "http://$(api 3)/image/alice/$first"
holds "the bytes come back as they were" cmp -s blue.png downloaded.png
call 3 GET "/image/alice/$first"
like "with their type and a tag" $'Content-Type: image/png\n(.*\n)*ETag: "[0-9a-f]+"' "$headers"
tag=$(sed -n 's/^ETag: //p' <<<"$headers")
call 3 GET "/image/alice/$first" -H "If-None-Match: $tag"
equal "who has them already gets none" "304 " "$status $body"
call 3 POST /upload_image/alice -F image=@large.png
answered "a large picture is refused in the words of old" 422 \
    '\{"success":false,"message":"Upload failed: Validation error: Image too large: 256x256 \(max 128x128\)"\}$'
call 3 POST /upload_image/alice -F image=@moving.gif
answered "other kinds are refused" 415 '\{"success":false,"message":"Upload failed: '
call 3 POST /upload_image/carol -F image=@blue.png
answered "strangers have no gallery" 404 "\\{\"success\":false,\"message\":\"User 'carol' is not registered\"\\}$"
call 3 GET /images/carol
answered "nor a list" 404 '.*"success":false'
call 3 GET /image/alice/1-00000000.png
answered "an image that is not there" 404 '.*"success":false'
holds "the store has the layout of old" object_exists users/alice/profile.json
holds "for images, too" object_exists "users/alice/images/$first"
call 3 PUT /api/v1/images/alice/portrait.png --data-binary @blue.png
answered "a name of one's own" 200 '.*"filename":"portrait\.png"'
call 3 GET /image/alice/portrait.png
equal "is fetched by it" 200 "$status"
remove_object users/alice/images/portrait.png

step 4 "heartbeats"
heartbeat 3 alice 9000
answered "alice is online" 200 \
    "\\{\"success\":true,\"message\":\"Heartbeat accepted for 'alice' at 10\\.40\\.6\\.26:9000\"\\}$"
heartbeat 3 bob 9001

step 5 "discovery"
call 3 GET /discover
equal "both are found" \
    '{"online_clients":[{"username":"alice","addr":"10.40.6.26:9000"},{"username":"bob","addr":"10.40.6.26:9001"}],"count":2,"is_leader":true}' "$body"
call 3 GET /discover_with_images
equal "with their images" "2 [2,1]" "$(shape .count) $(shape '[.online_clients[].images | length]')"
jq -r '.online_clients[0].images[] | select(.filename == "'"$first"'") | .data' <<<"$body" | base64 -d >decoded.png
holds "in base64" cmp -s blue.png decoded.png
call 3 GET '/discover_with_images?limit=1'
equal "no more than asked for" "[1,1]" "$(shape '[.online_clients[].images | length]')"
eventually "followers know who is online" hears_of 1 2

step 6 "bulk download"
for id in 3 1; do
    beat_for 3 3
    rm -rf online_clients
    capture "$root/scripts/download_online_clients.sh" "http://$(api "$id")"
    equal "the script ends well, asked by node $id" 0 "$code"
    equal "it makes the tree of old" "$(printf '%s\n' "alice/$first" "alice/$second" alice/info.json \
        "bob/$(object_names users/bob/images)" bob/info.json carol/info.json | LC_ALL=C sort)" \
        "$(cd online_clients && find . -type f -printf '%P\n' | LC_ALL=C sort)"
    equal "with info.json" '{"username":"alice","addr":"10.40.6.26:9000"}' "$(<online_clients/alice/info.json)"
    holds "and whole images" cmp -s blue.png "online_clients/alice/$first"
    like "its words are those of old" \
        $'^={35}\nDownloading Online Clients & Images\n={35}\nLeader: http://.*\nOutput: \./online_clients\n\nFetching data from http://.*\nClient: alice @ 10\.40\.6\.26:9000\n  Images: 2\n    ✓ .*\nClient: carol @ 10\.40\.6\.26:9002\n  Images: 0\n\n={35}\nDownload complete!\nFiles saved to: \./online_clients/\n={35}$' "$out"
done

step 7 "a dead leader"
need "node 2 has heard of it" hears_of 2 3
fail_over KILL 3 || explain "nobody took over"
leader=2
need "node 2 says that it leads" is_leading 2
call 2 GET /discover
like "users stay online" '"username":"alice".*"username":"bob"' "$body"
call 2 GET /users
equal "nobody has to register again" "2" "$(shape .count)"
curl -s -o downloaded.png "http://$(api 2)/image/alice/$first"
holds "and no image is lost" cmp -s blue.png downloaded.png
call 2 POST /upload_image/alice -F image=@red.jpg
answered "the new leader takes images" 200 '.*"success":true'

step 8 "a user who goes silent"
keep_online() { heartbeat 2 bob 9001 && online_are 2 bob; }
if wait_until "$patience" keep_online; then
    pass "alice is gone after the timeout, bob is not"
else
    miss "alice is gone after the timeout, bob is not" "$status $body"
fi

step 9 "a follower refuses"
heartbeat 1 charlie 9002
equal "it names the leader" \
    "403 {\"success\":false,\"message\":\"This node is not the leader. Current leader: $(api 2)\",\"current_leader\":\"$(api 2)\",\"leader_id\":2}" \
    "$status $body"
post 1 /register 'not json'
equal "before it looks at what was sent" 403 "$status"
for path in /users /discover /discover_with_images /images/alice "/image/alice/$first"; do
    call 1 GET "$path"
    equal "$path is the leader's" 403 "$status"
done

step 10 "what the page asks of a follower"
call 1 GET "/users?follower=proxy"
equal "it passes on what wants to be" "200 2" "$status $(shape .count)"
call 1 GET "/image/alice/$first?follower=proxy"
holds "images too" cmp -s blue.png "$cluster_dir/body"
# The stream has no end: until its first live view.
stream=$(curl -sN -m "$patience" "http://$(api 1)/api/v1/events?history=1000" | sed -n 'p; /^event: state/ { n; p; q }') || true
like "it tells what was" $'event: leader_changed\ndata: .*"leader":2' "$stream"
body=${stream##*data: }
equal "and what the page shows" '["array","array","number","number"]' \
    "$(shape '[.open_tasks, .transfers, .image_side_max, .time_ms] | map(type)')"

end_test
