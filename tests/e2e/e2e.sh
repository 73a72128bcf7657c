# shellcheck shell=bash
# shellcheck disable=SC2034 # some variables are for those who source this
# What the end-to-end tests share: a cluster of real processes with a directory, key and ports of its own
# (scripts/cluster.sh), the client as a test sees it, and checks that say in a sentence what they saw. Sourced, never run.
#
# begin_test NAME, then start_nodes ID..., checks, and end_test. A check that fails is counted, and the test goes on; what
# the rest depends on goes through `need`, which ends the test with the logs. Waiting is always for a condition, with a
# bound that is generous, because a slow machine is no failure.
#
# CP_KEEP=FOLDER copies the directory of a test with failures there; CP_PATIENCE=SECONDS is the bound of each wait.
# CP_FAILURE_MS=MS: the silence after which nodes give their leader up. A leader that the machine did not let run for a
# tenth of a second, the default of the nodes, is lost by right; most tests are not about that. 0: the default all the same.

e2e=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/lib.sh
source "$e2e/../../scripts/lib.sh"
# shellcheck source=scripts/cluster.sh
source "$root/scripts/cluster.sh"

# Programs of the build that is tested; CTest names its own.
make_image_program=${CP_MAKE_TEST_IMAGE:-$build/tests/data/make_test_image}
flood_program=${CP_FLOOD:-$build/tests/e2e/flood}
hold_port_program=${CP_HOLD_PORT:-$build/tests/e2e/hold_port}
skipped=77 # SKIP_RETURN_CODE of CTest
patience=${CP_PATIENCE:-30}
failure_ms=${CP_FAILURE_MS-2000}
user=alice
passes=0
failures=0
helpers=() # pids of what a test started beside the nodes
declare -A calm_from=() # by start_nodes: how long the log of each was when all had agreed

skip() {
    printf 'skipped: %s\n' "$1"
    exit "$skipped"
}

# Says it visibly and goes on: one case, not the whole test, needs what this machine refuses.
skip_case() { printf 'skipped: %s\n' "$1"; }

begin_test() {
    local program
    for program in "$node_program" "$client_program" "$make_image_program"; do
        [[ -x $program ]] || fail "$program is not built"
    done
    begin_cluster "$1"
    export CLOUDP2P_ELECTION_FAILURE_TIMEOUT_MS=$failure_ms
    trap end_processes EXIT
    cd "$cluster_dir" || exit
}

end_processes() {
    local pid
    trap '' INT TERM HUP
    for pid in "${helpers[@]}"; do kill -KILL "$pid" 2>/dev/null || true; done
    cd /
    if [[ -n ${CP_KEEP:-} ]] && ((failures > 0)); then
        cp -r "$cluster_dir" "$CP_KEEP"
    fi
    end_cluster
}

end_test() {
    printf '%d passed, %d failed\n' "$passes" "$failures"
    if ((failures > 0)); then explain "$failures checks failed"; fi
}

# --- checks --------------------------------------------------------------------------------------------------

pass() {
    passes=$((passes + 1))
    printf 'ok: %s\n' "$1"
}

# miss SENTENCE WHAT_WAS_SEEN
miss() {
    failures=$((failures + 1))
    printf 'FAILED: %s: %s\n' "$1" "$2"
}

# holds SENTENCE COMMAND...
holds() {
    local sentence=$1
    shift
    if "$@"; then pass "$sentence"; else miss "$sentence" "not so: $*"; fi
}

# equal SENTENCE EXPECTED SEEN
equal() { if [[ $3 == "$2" ]]; then pass "$1"; else miss "$1" "expected '$2', saw '$3'"; fi; }

# like SENTENCE EXTENDED_REGEX SEEN
like() { if [[ $3 =~ $2 ]]; then pass "$1"; else miss "$1" "expected something like '$2', saw '$3'"; fi; }

# need SENTENCE COMMAND...: waits for what the rest of the test stands on.
need() {
    local sentence=$1
    shift
    wait_until "$patience" "$@" >/dev/null || explain "$sentence: not within $patience s"
    pass "$sentence"
}

# eventually SENTENCE COMMAND...: as need, but the test can go on without it.
eventually() {
    local sentence=$1
    shift
    if wait_until "$patience" "$@" >/dev/null; then pass "$sentence"; else miss "$sentence" "not within $patience s"; fi
}

absent() { [[ ! -e $1 && ! -L $1 ]]; }
# Nothing in a folder, hidden or not; a folder that does not exist is empty.
empty_folder() { [[ -z $(find "$1" -mindepth 1 2>/dev/null) ]]; }
count_files() { find "$1" -mindepth 1 2>/dev/null | wc -l; }
# ended PID
ended() { ! kill -0 "$1" 2>/dev/null; }
has_line() { grep -qsE -- "$1" "$2"; }

# --- cluster -------------------------------------------------------------------------------------------------

# start_nodes ID...: until all agree on the highest as the leader, and a client sees them all. Who was late may have seen
# another lead before: what nobody shall see is counted in each log from line calm_from[ID] on.
start_nodes() {
    local id highest=0
    for id in "$@"; do
        : >>"$(node_log "$id")" # readable before the node has written
        start_node "$id"
        if ((id > highest)); then highest=$id; fi
    done
    need "nodes $* agree on node $highest as the leader" agreed_on "$highest"
    need "a client sees all $# of them" members_alive $#
    for id in "$@"; do calm_from[$id]=$(log_length "$id"); done
}

# has_event ID NAME [FROM]: from line FROM + 1 of that node's log on.
has_event() { [[ -n $(events "$@") ]]; }
count_events() { events "$@" | wc -l; }

# changes_since_calm ID...: how often each saw another leader, or another term of the same, since start_nodes.
changes_since_calm() {
    local id counts=()
    for id in "$@"; do counts+=("$(count_events "$id" leader_changed "${calm_from[$id]}")"); done
    printf '%s\n' "${counts[*]}"
}

# --- client --------------------------------------------------------------------------------------------------

# capture COMMAND...: runs a program; sets code, out and err. What hangs must not hang the test.
capture() {
    code=0
    timeout -k 5 120 "$@" >"$cluster_dir/out" 2>"$cluster_dir/err" || code=$?
    out=$(<"$cluster_dir/out")
    err=$(<"$cluster_dir/err")
}

# ask [OPTION...] COMMAND [ARG...]: the same with the client.
ask() { capture "$client_program" "$user" "${client_options[@]}" "$@" </dev/null; }

# ask_script SCRIPT [OPTION...]: with commands on standard input.
ask_script() { capture "$client_program" "$user" "${client_options[@]}" "${@:2}" <<<"$1"; }

# refused SENTENCE CODE REGEX COMMAND...: exit code, one line on standard error that says it, nothing on standard output.
refused() {
    local sentence=$1 expected=$2 words=$3
    shift 3
    ask "$@"
    check_refusal "$sentence" "$expected" "$words"
}

# check_refusal SENTENCE CODE REGEX: of what code, out and err hold.
check_refusal() {
    local answer="exit $code, '$err'"
    if [[ $code != "$2" ]]; then
        miss "$1" "expected exit $2, saw $answer"
    elif [[ ! $err =~ $3 ]]; then
        miss "$1" "expected something like '$3', saw $answer"
    elif [[ $err == *$'\n'* ]]; then
        miss "$1" "expected one line, saw $answer"
    elif [[ -n $out ]]; then
        miss "$1" "expected nothing on standard output, saw '$out'"
    else
        pass "$1"
    fi
}

# The result of an upload as docs/operations.md orders its fields; what is added later stands behind them.
upload_shape='^\{"event":"result","command":"upload","path":"([^"\\]|\\.)*","ok":true,"task":"[^"]+-[0-9a-f]+-[0-9]+"'
upload_shape+=',"node":[0-9]+,"epoch":"[0-9]+\.[0-9]+\.[0-9]+","file":"([^"\\]|\\.)*","bytes":[0-9]+'
upload_shape+=',"sha256":"[0-9a-f]{64}","millis":[0-9]+(\.[0-9]+)?,"sends":1,"verified":true(,.*)?\}$'

# For the programs that follow, as in a container.
refuse_namespaces() {
    mkdir refusing
    printf '#!/bin/sh\necho "unshare failed: Operation not permitted" >&2\nexit 1\n' >refusing/unshare
    chmod +x refusing/unshare
    PATH=$cluster_dir/refusing:$PATH
}

digest() { sha256sum <"$1" | cut -d ' ' -f 1; }

# why_not_uploaded FILE RESULT: one reason why RESULT is not that FILE went through the cluster, was sent once, and came
# back as a CPE1 file that opens again to the same bytes. Prints nothing when all is well.
why_not_uploaded() {
    local file=$1 result=$2 saved opened
    if [[ ! $result =~ $upload_shape ]]; then printf 'it is no result with sends 1 and verified true' && return; fi
    if [[ $(field bytes "$result") != "$(stat -c %s -- "$file")" ]]; then printf 'wrong bytes' && return; fi
    if [[ $(field sha256 "$result") != "$(digest "$file")" ]]; then printf 'wrong sha256' && return; fi
    saved=$(field file "$result")
    if [[ ! -f $saved ]]; then printf 'no such file: %s' "$saved" && return; fi
    opened=$(mktemp -u "$cluster_dir/opened.XXXXXX")
    "$client_program" "$user" --quiet decrypt "$saved" -o "$opened" >/dev/null || printf 'it does not decrypt'
    cmp -s -- "$file" "$opened" || printf 'it decrypts to something else'
    rm -f "$opened"
}

# uploaded SENTENCE FILE RESULT
uploaded() {
    local why
    why=$(why_not_uploaded "$2" "$3")
    if [[ -z $why ]]; then pass "$1"; else miss "$1" "$why: $3"; fi
}

# upload SENTENCE FILE [OPTION...]: sets result.
upload() {
    local sentence=$1 file=$2
    shift 2
    ask --json "$@" upload "$file"
    result=$out
    if ((code == 0)); then
        uploaded "$sentence" "$file" "$result"
    else
        miss "$sentence" "exit $code: $err"
    fi
}

# start_upload FILE [OPTION...]: in the background; sets uploader. What it prints goes to upload.out and upload.err.
start_upload() {
    local file=$1
    shift
    # Here, not in the child: who looks for a line must not find that of an earlier upload.
    : >upload.out
    : >upload.err
    (exec_client --json --any-file "$@" upload "$file" >>upload.out 2>>upload.err </dev/null) &
    uploader=$!
    helpers+=("$uploader")
}

# end_upload: waits for it; sets code and result.
end_upload() {
    code=0
    wait "$uploader" || code=$?
    result=$(<upload.out)
}

# openssl_decrypt USER FILE: what somebody without our program types for a file of profile 1.
openssl_decrypt() (
    set +o pipefail # `head` ends `tail` early
    f=$2
    n=$((0x$(tail -c +49 "$f" | head -c 8 | od -An -tx1 | tr -d ' ')))
    iv=$(tail -c +33 "$f" | head -c 16 | od -An -tx1 | tr -d ' ')
    tail -c +65 "$f" | head -c "$n" |
        openssl enc -d -aes-128-ctr -K "$(printf %s "$1" | sha256sum | cut -c1-32)" -iv "$iv"
)
