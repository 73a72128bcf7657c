#!/usr/bin/env bash
# A node with a folder of its own and little memory: of many images at once it has no room for some when they are sent. It
# gets them a little later, without a change of the leader or a restart.
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/e2e.sh"
# shellcheck source=tests/e2e/http.sh
source "$e2e/http.sh"

own_stores
begin_test http-small-memory
export CLOUDP2P_TASKS_MEMORY_BUDGET_MIB=16 CLOUDP2P_IMAGING_MAX_BYTES=8000000 CLOUDP2P_HTTP_MAX_IMAGE_SIDE=3000
export CLOUDP2P_NETWORK_MAX_RATE=80 # so that more is under way at once than node 1 has room for
"$make_image_program" large.png 2250 2250 7
start_http_nodes 1 2
need "node 2 says that it leads" is_leading 2
post 2 /register '{"username":"alice","addr":"10.0.0.1:1"}'
eventually "node 1 has all that node 2 has" same_objects 1 2

uploads=()
for i in 1 2 3 4 5 6 7 8; do
    curl -s -o "answer-$i" -w '%{http_code}' -F image=@large.png "http://$(api 2)/upload_image/alice" >"status-$i" &
    uploads+=($!)
done
for upload in "${uploads[@]}"; do wait "$upload"; done
for i in 1 2 3 4 5 6 7 8; do equal "image $i is stored" 200 "$(cat "status-$i")"; done
equal "node 2 has all of them" 8 "$(find store-2/users/alice/images -type f | wc -l)"
eventually "node 1 gets all of them" same_objects 1 2
end_test
