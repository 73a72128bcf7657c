#!/usr/bin/env bash
# The HTTP API over TLS, with certificates that the test makes: who is trusted and who is not, followers that pass requests
# on, the client with --ca, the page's cookie, and what is said to who speaks in the clear.
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/e2e.sh"
# shellcheck source=tests/e2e/http.sh
source "$e2e/http.sh"
have openssl || skip "openssl is not installed"

# make_certificate NAME: its own issuer, for 127.0.0.1.
make_certificate() {
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$1" -addext 'subjectAltName=IP:127.0.0.1' \
        -keyout "$1.key" -out "$1.crt" 2>openssl.log || explain "openssl: $(<openssl.log)"
    chmod 600 "$1.key"
}

# call_with CERTIFICATE ID METHOD PATH [CURL_OPTION...]: as call.
call_with() {
    local certificate=$1 id=$2 method=$3 path=$4
    shift 4
    : >"$cluster_dir/body"
    status=$(curl -s --cacert "$certificate" -m "$patience" -X "$method" -o "$cluster_dir/body" -D "$cluster_dir/headers" \
        -w '%{http_code}' "$@" "https://$(api "$id")$path") || status="curl $?"
    body=$(tr -cd '[:print:]\n' <"$cluster_dir/body")
    headers=$(tr -d '\r' <"$cluster_dir/headers")
}

call_tls() { call_with ours.crt "$@"; }

leader_is_known() {
    call_with "${2:-ours.crt}" "$1" GET /readyz
    [[ $status == 200 ]]
}
is_following() {
    call "$1" GET /readyz
    [[ $status == 200 ]]
}

leads_tls() {
    call_tls "$1" GET /
    [[ $(shape .is_leader) == true ]]
}

begin_test http-tls
make_certificate ours
make_certificate other
"$make_image_program" small.png 100 80
head -c 3000000 /dev/urandom >noise
node_options+=(--config "$cluster_dir/node.toml")
printf '[http]\ncert = "%s"\nkey = "%s"\nfollower = "proxy"\n' "$cluster_dir/ours.crt" "$cluster_dir/ours.key" >node.toml
start_http_nodes 1 2 3
need "node 3 says so over TLS" leads_tls 3

echo "--- requests"
like "the log names the place" '"HTTP API at https://127\.0\.0\.1:' "$(events 3 http_listening)"
call_tls 3 POST /register -d '{"username":"alice","addr":"10.0.0.1:1"}'
answered "a user registers" 200 '.*"success":true'
call_tls 3 POST /upload_image/alice -F image=@small.png
answered "and stores an image" 200 '.*"filename"'
file=$(shape .filename)
curl -s --cacert ours.crt -o back.png "https://$(api 3)/image/alice/$file"
holds "which comes back" cmp -s small.png back.png
call_tls 3 POST /upload_image/alice -F image=@noise
equal "a large body is read" 415 "$status"
like "TLS 1.2 is the least" 'alert|protocol version|no protocols' \
    "$(curl -sv --cacert ours.crt --tls-max 1.1 "https://$(api 3)/" 2>&1 || true)"
call_tls 3 POST /api/v1/session
like "the cookie is for TLS alone" 'SameSite=Strict; Secure' "$headers"
equal "the page is told where others are, by https" yes \
    "$(call_tls 3 GET /ui && grep -q "connect-src 'self' https://" <<<"$headers" && echo yes)"
two=$(curl -s --cacert ours.crt -w '%{num_connects} ' "https://$(api 3)/" "https://$(api 3)/healthz" | grep -oE '[01] ' | tr -d '\n')
equal "a connection serves more than one" "1 0 " "$two"

echo "--- who is not trusted"
capture curl -s --cacert other.crt "https://$(api 3)/"
equal "another certificate is refused by who asks" 60 "$code"
call 3 GET /
answered "in the clear one is told" 400 '\{"success":false,"message":"this port speaks HTTPS'

echo "--- followers"
call_tls 1 POST /upload_image/alice -F image=@small.png
answered "a follower passes an upload on" 200 '.*"filename"'
call_tls 2 GET /users
equal "and a question" "200 1" "$status $(shape .count)"
signal_node TERM 1
printf '[http]\ncert = "%s"\nkey = "%s"\nfollower = "redirect"\n' "$cluster_dir/ours.crt" "$cluster_dir/ours.key" >node.toml
start_node 1
need "node 1 is back" leader_is_known 1
call_tls 1 GET /users
like "a redirect stays encrypted" "307 .*Location: https://$(api 3)/users" "$status $headers"
signal_node TERM 1
printf '[http]\ncert = "%s"\nkey = "%s"\nfollower = "proxy"\n' "$cluster_dir/other.crt" "$cluster_dir/other.key" >node.toml
start_node 1
need "node 1 is back with another certificate" leader_is_known 1 other.crt
call_with other.crt 1 GET /users
answered "which trusts the leader by nobody's word" 502 '.*certificate is not trusted here: give all nodes'
signal_node TERM 1
printf '[http]\nfollower = "proxy"\n' >node.toml
start_node 1
need "node 1 is back in the clear" is_following 1
call 1 GET /users
answered "and says why it does not pass on" 502 '.*it speaks HTTPS, and this node does not'

signal_node TERM 1

echo "--- the client"
ask --ca ours.crt users
like "the client trusts whom it is told to" '^1 user registered' "$out"
ask --ca ours.crt --json members
like "members shows the scheme" '"api":"https://127\.0\.0\.1:' "$out"
ask --timeout 5 users
like "and nobody else" 'certificate is not trusted here \(--ca FILE' "$err"
ask --timeout 2 --ca noise users
equal "a file that is no certificate" 1 "$((code > 0))"
CURL_CA_BUNDLE=$cluster_dir/ours.crt capture "$root/scripts/download_online_clients.sh" "https://$(api 2)"
equal "the download script follows to the leader, encrypted" 0 "$code"

echo "--- keys"
chmod 644 ours.key
printf '[http]\ncert = "%s"\nkey = "%s"\n' "$cluster_dir/ours.crt" "$cluster_dir/ours.key" >node.toml
node_command 1
capture "${command_line[@]}"
like "a key that everybody can read is refused" 'chmod o-r' "$err"
chmod 600 ours.key
printf '[http]\ncert = "%s"\nkey = "%s"\n' "$cluster_dir/ours.crt" "$cluster_dir/other.key" >node.toml
capture "${command_line[@]}"
like "and one of another certificate" 'TLS: .*other\.key' "$err"
end_test
