# shellcheck shell=bash
# What the scripts of this folder share: each starts one object store on 127.0.0.1 in a folder of its own, runs the
# conformance program and `node check-store` on it, and stops what it started. Sourced, never run.
#
# A script sets engine_url, engine_caps (a line that check-store must print) and exports the keys, then calls
# run_conformance. An engine that is not installed is skipped with a line of reason and exit 77.

storage=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/lib.sh
source "$storage/../../scripts/lib.sh"

conformance_program=${CP_STORE_CONFORMANCE:-$build/tests/storage/test_storage.dir}
node_program=${CP_NODE:-$build/node}
skipped=77 # SKIP_RETURN_CODE of CTest
patience=${CP_PATIENCE:-60}
work=""
pids=()
engine_url=""
engine_caps=""
engine_checks_keys=yes
export AWS_ACCESS_KEY_ID=storagetest AWS_SECRET_ACCESS_KEY=storage/test+secret~key # what an encoder could spoil
unset AWS_SESSION_TOKEN AWS_PROFILE AWS_SHARED_CREDENTIALS_FILE GOOGLE_APPLICATION_CREDENTIALS http_proxy https_proxy

skip() {
    printf 'skipped: %s\n' "$1"
    exit "$skipped"
}

# need COMMAND PACKAGE
need() { have "$1" || skip "no $1 here (apt-get install $2)"; }

begin_engine() {
    [[ -x $conformance_program ]] || fail "$conformance_program is not built"
    work=$(mktemp -d "${TMPDIR:-/tmp}/cloudp2p-storage-$1.XXXXXX")
    trap end_engine EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    export HOME=$work XDG_CONFIG_HOME=$work/config XDG_STATE_HOME=$work/state
}

end_engine() {
    local status=$? pid
    trap '' INT TERM HUP
    for pid in "${pids[@]}"; do kill -KILL -- "-$pid" 2>/dev/null || true; done
    for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
    if ((status != 0 && status != skipped)); then tail -n 10 "$work"/*.log | cut -c 1-300 >&2 || true; fi
    if [[ -n ${CP_KEEP:-} ]] && ((status != 0)); then cp -r "$work" "$CP_KEEP"; fi
    rm -rf "$work"
    exit "$status"
}

# start NAME COMMAND...: in a process group of its own, with its output in NAME.log.
start() {
    local name=$1
    shift
    setsid "$@" </dev/null >"$work/$name.log" 2>&1 &
    pids+=($!)
}

# A TCP port that nobody listens on, below the range from which the kernel deals.
free_port() {
    local held port attempt
    held=$(cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk '{ sub(/.*:/, "", $2); print $2 }')
    for ((attempt = 0; attempt < 100; ++attempt)); do
        port=$((20000 + RANDOM % 12000))
        grep -qix "$(printf '%04X' "$port")" <<<"$held" || break
    done
    printf '%d\n' "$port"
}

# wait_for WHAT COMMAND...: until it succeeds.
wait_for() {
    local what=$1 deadline=$((SECONDS + patience))
    shift
    until "$@" >/dev/null 2>&1; do
        ((SECONDS < deadline)) || fail "$what did not come up within $patience s"
        sleep 0.2
    done
}

# In a URL: a key may contain ':', and the option --user would cut it there.
url_text() {
    local text=${1//%/%25}
    text=${text//:/%3A}
    text=${text//\//%2F}
    printf '%s' "${text//@/%40}"
}

# make_bucket HOST:PORT BUCKET: by the curl command, so that it does not depend on what is tested.
make_bucket() {
    local user
    user=$(url_text "$AWS_ACCESS_KEY_ID"):$(url_text "$AWS_SECRET_ACCESS_KEY")
    curl --silent --show-error --fail --aws-sigv4 aws:amz:us-east-1:s3 \
        --header "x-amz-content-sha256: $(sha256sum </dev/null | cut -d' ' -f1)" --request PUT "http://$user@$1/$2"
}

# check_store URL: its exit code; what it said is in $said.
check_store() {
    local code=0
    said=$("$node_program" --store "$1" check-store 2>&1) || code=$?
    return "$code"
}

expect() {
    local what=$1 pattern=$2
    grep -qE -- "$pattern" <<<"$said" || fail "$what: expected /$pattern/, got: $said"
    printf 'ok    %s\n' "$what"
}

run_conformance() {
    CP_STORE_URL=$engine_url "$conformance_program"
    if [[ ! -x $node_program ]]; then
        printf 'skipped: node check-store (%s is not built)\n' "$node_program"
        return
    fi
    check_store "$engine_url" || fail "node check-store failed: $said"
    expect "node check-store says what the engine can" "$engine_caps"
    if grep -qF -e "$AWS_SECRET_ACCESS_KEY" <<<"$said"; then fail "check-store shows the secret"; fi
}

# The HTTP API's whole flow with this store, then once more with the leader killed between any two steps.
# run_flow [QUORUM]
run_flow() {
    local mode
    if [[ ! -x $node_program || ! -x ${CP_CLIENT:-$build/client} ]]; then
        printf 'skipped: the flow of the HTTP API (node and client are not built)\n'
        return
    fi
    for mode in "" --kill; do
        CP_E2E_STORE=${engine_url/\?/\/flow$mode\?} CP_E2E_QUORUM=${1:-0} "$root/tests/e2e/http_flow_test.sh" $mode
    done
}

# The lines that a person gets for the usual mistakes. engine_url has "/BUCKET?".
check_mistakes() {
    [[ -x $node_program ]] || return 0
    if check_store "${engine_url/\?/-none\?}"; then fail "a bucket that is not there was accepted"; fi
    expect "a missing bucket is named" "no bucket '.*-none'|may not use bucket"
    if [[ $engine_checks_keys == yes ]]; then
        if AWS_SECRET_ACCESS_KEY=wrong check_store "$engine_url"; then fail "a wrong secret was accepted"; fi
        expect "a wrong secret is refused" 'the secret key is not|may not use bucket|refuses'
    fi
    if check_store "s3://bucket?endpoint=http://127.0.0.1:1"; then fail "a closed port was accepted"; fi
    expect "a closed port is named" '^fail  open .*Failed to initialize user registration: http://127.0.0.1:1: .*onnect'
}

# A store that hangs does not keep a node from ending: PID is the server's.
check_hang() {
    local server=$1 node port
    [[ -x $node_program ]] || return 0
    port=$(free_port)
    "$node_program" 1 --store "$engine_url" --http "$port" --port "$(free_port)" --data-dir "$work/hang" \
        >"$work/hang.log" 2>&1 &
    node=$!
    wait_for "a node" curl --silent --fail "http://127.0.0.1:$port/users"
    kill -STOP -- "-$server"
    curl --silent --max-time 60 "http://127.0.0.1:$port/users" >"$work/hang.answer" 2>&1 &
    sleep 0.5 # until the request waits for the store
    kill -TERM "$node"
    patience=12 wait_for "the node's end" ended "$node"
    kill -CONT -- "-$server"
    printf 'ok    a store that hangs does not keep a node from ending\n'
}

ended() { ! kill -0 "$1" 2>/dev/null; }
