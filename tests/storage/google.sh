#!/usr/bin/env bash
# The conformance program on a stand-in for Google Cloud Storage (google_server.py): once with a service account, whose
# tokens expire within seconds, and once with HMAC keys.
# Usage: google.sh
set -euo pipefail
# shellcheck source=tests/storage/engine.sh
source "$(dirname "${BASH_SOURCE[0]}")/engine.sh"

need python3 python3
need openssl openssl
begin_engine google
account=tests@pictures.iam.gserviceaccount.com
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$work/key.pem" 2>"$work/openssl.log"
openssl pkey -in "$work/key.pem" -pubout -out "$work/public.pem"
port=$(free_port) # now: a key takes its time

umask 077 # keys that everybody can read are refused
# write_account FILE KEY: as the console of Google writes it, line ends of the key as \n.
write_account() {
    printf '{"type":"service_account","project_id":"pictures","private_key_id":"1","private_key":"%s",' \
        "$(awk '{ printf "%s\\n", $0 }' "$2")"
    printf '"client_email":"%s","token_uri":"http://127.0.0.1:%s/token"}\n' "$account" "$port"
} >"$1"

write_account "$work/account.json" "$work/key.pem"
start google "$storage/google_server.py" "$port" "$work/public.pem" "$account" "$AWS_ACCESS_KEY_ID" \
    "$AWS_SECRET_ACCESS_KEY"
stats() { curl --silent --fail "http://127.0.0.1:$port/stats"; }
wait_for "the server" stats
engine_url="gs://pictures?endpoint=http://127.0.0.1:$port"
engine_caps='^info  registration: by a put that only creates'

printf '== HMAC keys\n'
run_conformance
check_mistakes
said=$(stats)
expect "no token was asked for" '"tokens": 0'

printf '== service account\n'
export GOOGLE_APPLICATION_CREDENTIALS=$work/account.json
run_conformance
said=$(stats)
expect "tokens were renewed before they expired" '"tokens": [1-9].*"expired": 0'
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$work/other.pem" 2>>"$work/openssl.log"
write_account "$work/other.json" "$work/other.pem"
if [[ -x $node_program ]]; then
    if GOOGLE_APPLICATION_CREDENTIALS=$work/other.json check_store "$engine_url"; then fail "a foreign key was accepted"; fi
    expect "a foreign key is refused" "refuses the account $account"
    if GOOGLE_APPLICATION_CREDENTIALS=$work/none.json check_store "$engine_url"; then fail "no key was accepted"; fi
    expect "a missing key file is named" 'Failed to initialize user registration: .*/none.json'
fi
check_hang "${pids[0]}"
