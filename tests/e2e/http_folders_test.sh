#!/usr/bin/env bash
# Users and images with a folder of its own for each node, no shared disk: what one leader took, the next one has; a node
# that was away gets what it missed, and brings what only it has.
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/e2e.sh"
# shellcheck source=tests/e2e/http.sh
source "$e2e/http.sh"

own_stores
put_image() {
    call "$1" POST "/upload_image/$2" -F "image=@$3"
    [[ $status == 200 ]] || return 1
    file=$(shape .filename)
}

begin_test http-folders
export CLOUDP2P_NETWORK_MAX_RATE=20 # so that a large copy takes a while
for n in 1 2 3; do "$make_image_program" "$n.png" 100 $((60 + n)) "$n"; done
start_http_nodes 1 2 3
need "node 3 says that it leads" is_leading 3
post 3 /register '{"username":"alice","addr":"10.0.0.1:1"}'
id=$(shape .user_id)
need "alice stores an image" put_image 3 alice 1.png
first=$file
for node in 1 2; do eventually "node $node has all that node 3 has" same_objects "$node" 3; done

echo "--- the leader is gone with its disk"
fail_over KILL 3 || explain "nobody took over"
mv store-3 gone-3
need "node 2 says that it leads" is_leading 2
call 2 GET /users
equal "the user is known, under the same id" "$id" "$(shape '.users[0].id')"
curl -s -o back.png "http://$(api 2)/image/alice/$first"
holds "the image is there" cmp -s 1.png back.png
post 2 /register '{"username":"alice","addr":"10.0.0.2:2"}'
equal "and moving keeps the id" "$id" "$(shape .user_id)"
need "another image" put_image 2 alice 2.png

echo "--- it returns with an empty one, then with its old one"
start_node 3
eventually "node 3 gets everything" same_objects 3 2
need "node 3 leads again" is_leading 3
call 3 GET /images/alice
equal "with both images" 2 "$(shape .count)"
signal_node KILL 3
need "node 2 leads" is_leading 2
rm -r store-3
mv gone-3 store-3
mkdir -p store-3/users/bob
cp store-3/users/alice/profile.json store-3/users/bob/profile.json
sed -i 's/alice/bob/' store-3/users/bob/profile.json
truncate -s 300M store-3/large.bin # more than one transfer carries
echo small >store-2/large.bin
touch -d yesterday store-2/large.bin
mark=$(log_length 3)
start_node 3
eventually "what only node 3 had comes to node 2" test -f store-2/users/bob/profile.json
eventually "and node 3 gets what it missed" same_objects 3 2
equal "the newer address stays" 10.0.0.2:2 "$(jq -r .addr store-3/users/alice/profile.json)"
eventually "node 1 has the same" same_objects 1 2
eventually "node 3 says what no other node gets" has_event 3 store_failed "$mark"
like "with name and reason" '"key":"large.bin","reason":"too_large"' "$(events 3 store_failed "$mark")"
need "it leads all the same" is_leading 3
post 3 /register '{"username":"carol","addr":"10.0.0.3:3"}'
eventually "and goes on giving the others what it takes" test -f store-2/users/carol/profile.json
equal "an older object of that name does not replace it" $((300 << 20)) "$(stat -c %s store-3/large.bin)"

echo "--- what an operator deletes"
need "node 3 leads once more" is_leading 3
second=users/alice/images/$file
for n in 1 2 3; do rm "store-$n/users/alice/images/$first"; done
call 3 GET "/image/alice/$first"
answered "a running node finds out by itself" 404 '.*"success":false'
for n in 1 2; do rm "store-$n/$second"; done
signal_node TERM 2
start_node 2
eventually "what one node still has comes back with the next comparison" test -f "store-2/$second"
holds "and what is deleted everywhere does not" test ! -e "store-2/users/alice/images/$first"
call 3 GET /images/alice
equal "there or anywhere" "[\"$file\"]" "$(shape .images)"

echo "--- a small version of an image, right behind a large one"
(cat 2.png && head -c 3500000 /dev/zero) >large.png # more bytes than its pixels need
for image in large.png 1.png; do
    call 3 PUT /api/v1/images/alice/twice.png -T "$image"
    equal "node 3 stores $image" 200 "$status"
done
call 3 PUT /api/v1/images/alice/behind.png -T large.png
eventually "all of it has arrived" cmp -s large.png store-2/users/alice/images/behind.png
holds "what came last counts on the leader" cmp -s 1.png store-3/users/alice/images/twice.png
holds "and everywhere else" cmp -s 1.png store-2/users/alice/images/twice.png

echo "--- an upload during which another node is elected"
signal_node TERM 3
need "node 2 leads once more" is_leading 2
(curl -s -o slow.json --limit-rate 300K -F "image=@large.png" "http://$(api 2)/upload_image/alice") &
slow=$!
helpers+=("$slow")
start_node 3
need "node 3 takes over meanwhile" is_leading 3
wait "$slow" || true
refused_or_stored() { grep -q 'not the leader' slow.json || same_objects 2 3; }
eventually "it is refused, or every node has it" refused_or_stored
end_test
