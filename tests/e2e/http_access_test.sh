#!/usr/bin/env bash
# Who may use the HTTP API from another machine: nobody without the token, anybody with it, the page by its cookie. Three
# machines (network namespaces): nodes on two, the user on the third.
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/e2e.sh"
# shellcheck source=tests/e2e/http.sh
source "$e2e/http.sh"
# shellcheck source=scripts/netns.sh
source "$root/scripts/netns.sh"
enter_network "$@" || skip "this machine refuses network namespaces: $network_refusal"

# ask_node ID METHOD PATH [CURL_OPTION...]: from the third machine. Sets status, body, headers.
ask_node() {
    local id=$1 method=$2 path=$3
    shift 3
    : >"$cluster_dir/body"
    status=$(on_machine 3 curl -s -m "$patience" -X "$method" -o "$cluster_dir/body" -D "$cluster_dir/headers" \
        -w '%{http_code}' "$@" "http://$(address_of "$id"):3000$path") || status="curl $?"
    body=$(<"$cluster_dir/body")
    headers=$(tr -d '\r' <"$cluster_dir/headers")
}

leads() {
    ask_node "$1" GET /
    [[ $(shape .is_leader) == true ]]
}

begin_test http-access
put_on_machines 2
for id in 1 2; do node_http[$id]=$(address_of "$id"):3000; done
start_nodes 1 2
need "node 2 says so to other machines too" leads 2
token=$("$node_program" token --key-file "$cluster_dir/cluster.key")
like "node token shows the token" '^[0-9a-f]{64}$' "$token"
equal "in a file of its owner's" 600 "$(stat -c %a "$cluster_dir/http.token")"

for path in /users /discover /metrics /api/v1/members /api/v1/doctor; do
    ask_node 2 GET "$path"
    answered "$path is nobody's without the token" 401 '\{"success":false,"message":"a bearer token is needed'
done
like "how to log in is said" 'WWW-Authenticate: Bearer' "$headers"
for path in /healthz /readyz /api/v1/openapi.json; do
    ask_node 2 GET "$path"
    equal "$path is everybody's" 200 "$status"
done
ask_node 2 POST /register -d '{"username":"eve","addr":"e:1"}' -H "Authorization: Bearer ${token%?}0x"
equal "a wrong token opens nothing" 401 "$status"
ask_node 2 POST /register -d '{"username":"alice","addr":"10.77.0.3:1"}' -H "Authorization: Bearer $token"
answered "the right one does" 200 '.*"success":true'
ask_node 1 GET /users -H "Authorization: Bearer $token"
answered "a follower names the leader by an address that others reach" 403 ".*\"current_leader\":\"$(address_of 2):3000\""
ask_node 2 POST /api/v1/session
equal "no cookie without the token" 401 "$status"
ask_node 2 POST /api/v1/session -H "Authorization: Bearer $token"
like "the token becomes a cookie that scripts cannot read" 'Set-Cookie: cloudp2p_session=[0-9a-f]{64}; Path=/; HttpOnly; SameSite=Strict' "$headers"
cookie=$(sed -n 's/^Set-Cookie: \([^;]*\).*/\1/p' <<<"$headers")
ask_node 2 GET /users -H "Cookie: $cookie"
answered "which opens the same" 200 '.*"count":1'
ask_node 2 GET /users -H "Cookie: cloudp2p_session=$token"
equal "the token itself is no cookie" 401 "$status"
ask_node 2 GET /users -H "Authorization: Bearer $token" -H 'Origin: http://evil.example'
equal "and no login helps another page" 403 "$status"
capture nsenter "--net=$(netns_of 3)" env CLOUDP2P_TOKEN="$token" "$root/scripts/download_online_clients.sh" "http://$(address_of 1):3000"
equal "the download script follows to the leader with it" 0 "$code"
capture nsenter "--net=$(netns_of 3)" "$root/scripts/download_online_clients.sh" "http://$(address_of 2):3000"
like "and says what is missing without" 'wants a token: set CLOUDP2P_TOKEN' "$err"

for ((i = 0; i < 2000; ++i)); do printf 'url = "http://%s:3000/healthz"\noutput = /dev/null\n' "$(address_of 2)"; done >many
refused=$(on_machine 3 curl -s -K many -w '%{http_code}\n' | grep -c 429 || true)
holds "one address cannot take all ($refused of 2000 refused)" test "$refused" -gt 100
end_test
