#!/usr/bin/env bash
# What is wrong with a command line, a configuration, a file or the network gets one clear line and the documented exit code,
# and leaves nothing on the disk.
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/e2e.sh"

make_files() {
    "$make_image_program" photo.png 400 300
    mkdir folder
    : >empty
    head -c 5000 /dev/urandom >noise
    head -c 20 photo.png >cut.png
    mkfifo pipe
}

# A usage error says what is wrong, and shows what would be right; the programs' own usage needs two lines for it.
refused_usage() {
    local sentence=$1 words=$2
    shift 2
    capture "$@"
    equal "$sentence" "2 yes yes" \
        "$code $([[ $err =~ $words ]] && echo yes) $([[ $err =~ (example|did\ you\ mean):?\  ]] && echo yes)"
}

check_command_lines() {
    refused_usage "no user" 'USER is missing' "$client_program"
    refused_usage "a user with a slash" "contains '/'" "$client_program" al/ice status
    refused_usage "an unknown option" 'unknown option --bogus' "$client_program" alice --bogus status
    refused_usage "an unknown command" "unknown command 'frobnicate'" "$client_program" alice frobnicate
    refused_usage "a misspelt command" "did you mean 'upload'" "$client_program" alice uplaod photo.png
    refused_usage "a file in the place of a command" 'did you mean: client alice upload photo\.png' \
        "$client_program" alice photo.png
    refused_usage "a command without its file" 'upload: PATH is missing' "$client_program" alice upload
    refused_usage "a node number of 0" '"0" is neither an ID' "$node_program" 0
    refused_usage "two node numbers" 'one ID at most' "$node_program" 1 2
}

check_configuration() {
    printf '[node]\nid = 5\n\n[network]\nprot = 7\n' >bad.toml
    capture "$client_program" alice --config bad.toml status
    check_refusal "an unknown key: file, line, column and the nearest known" 2 \
        'bad\.toml:5:1: unknown key network\.prot: did you mean network\.port'
    capture "$node_program" --config bad.toml
    check_refusal "the node says the same" 1 'bad\.toml:5:1: unknown key network\.prot: did you mean network\.port'
    printf '{"node": {"idd": 5}}\n' >bad.json
    capture "$node_program" --config bad.json
    check_refusal "a key in JSON" 1 'bad\.json:1:[0-9]+: unknown key node\.idd: did you mean node\.id'
    printf '[network]\nport = "many"\n' >bad.toml
    capture "$node_program" 1 --config bad.toml
    check_refusal "a value of the wrong kind" 1 'bad\.toml:2:[0-9]+: .*network\.port'
    printf '[network\n' >bad.toml
    capture "$node_program" 1 --config bad.toml
    check_refusal "a file that is no TOML" 1 'bad\.toml:[12]:[0-9]+'
    capture "$node_program" 1 --config none.toml
    check_refusal "a configuration that is not there" 1 'none\.toml: no such file'
    CLOUDP2P_NETWORK_PROT=1 capture "$node_program" 1
    check_refusal "an unknown variable" 1 'CLOUDP2P_NETWORK_PROT: did you mean CLOUDP2P_NETWORK_PORT'
}

# What fails before there is a command to fail.
check_early_failures_as_json() {
    early_failure "no such configuration" 4 not_found --config none.toml status
    early_failure "an unknown option" 2 usage --bogus status
    early_failure "no such passphrase" 4 not_found --passphrase-file none decrypt photo.png
    early_failure "an unknown command" 2 usage frobnicate
}

# early_failure SENTENCE CODE NAME ARG...
early_failure() {
    local sentence=$1 expected=$2 name=$3
    shift 3
    capture "$client_program" alice --json "$@"
    equal "$sentence" "$expected" "$code"
    like "$sentence, as JSON" "^\{\"event\":\"error\",\"code\":\"$name\",\"error\":\"[^\"]+.*\"\}$" "$out"
}

check_files() {
    refused "a missing file" 4 'missing\.png: no such file' upload missing.png
    refused "a folder" 5 'folder' upload folder
    refused "a pipe" 5 'pipe: not a regular file' upload pipe
    refused "a device" 5 '/dev/zero: not a regular file' upload /dev/zero
    refused "an empty file" 5 "'empty' is empty, not an image \(--any-file" upload empty
    refused "noise" 5 "'noise' is not an image" upload noise
    refused "a cut picture" 5 "'cut\.png' is a damaged image" upload cut.png
    CLOUDP2P_IMAGING_MAX_BYTES=1000 refused "a picture above the limit" 5 'photo\.png: [0-9]+ bytes, the limit is 1000' upload photo.png
    cp photo.png secret.png
    chmod 000 secret.png
    if [[ -r secret.png ]]; then
        skip_case "an unreadable file: this user reads everything"
    else
        refused "an unreadable file" 5 'secret\.png' upload secret.png
    fi
    refused "a missing file to decrypt" 4 'missing\.png: no such file' decrypt missing.png
    refused "a picture to decrypt" 5 "'photo\.png' is not an encrypted image" decrypt photo.png
    ask --json upload missing.png
    like "as JSON" '^\{"event":"result","command":"upload","path":"missing.png","ok":false,"code":"not_found","error":"[^"]+"\}$' "$out"
}

check_no_cluster() {
    local command
    for command in status members discover "upload photo.png" "send-image photo.png"; do
        # shellcheck disable=SC2086 # words of one command
        refused "no cluster: $command" 3 'no node answered within 1 s' --timeout 1 --quiet $command
    done
    ask --json --timeout 0.5 status
    equal "nobody, as JSON" 3 "$code"
    equal "nobody, as JSON: no leader" '{"event":"status","leader":null,"epoch":null,"members":[]}' "$out"
    ask --timeout 1 doctor
    like "doctor says that nobody is there" 'fail  members: none heard' "$out"
    for command in status "upload photo.png"; do
        # shellcheck disable=SC2086 # words of one command
        (exec_client --timeout 60 $command >interrupted.out 2>interrupted.err) &
        helpers+=("$!")
        need "a client waits, and would notice a Ctrl-C" catches_interrupt $!
        code=0
        kill -INT $!
        wait $! || code=$?
        equal "interrupted while it waits: $command" 130 "$code"
    done
}

# By the mask of caught signals, of which SIGINT is the second bit, once the shell has become the client.
catches_interrupt() {
    [[ $(readlink "/proc/$1/exe") == "$(realpath "$client_program")" ]] && has_line '^SigCgt:.*[2367abef]$' "/proc/$1/status"
}

check_port_in_use() {
    local port=${network_options[3]} held
    for held in "$port" $((port + 1)); do
        "$hold_port_program" "$held" >"held.$held" &
        helpers+=("$!")
        need "port $held is held" has_line held "held.$held"
        capture "$node_program" 1 "${node_options[@]}" --data-dir node-port
        check_refusal "a node says so" 1 "cannot bind .*:$held: Address already in use"
        kill $!
        wait $! || true
    done
}

check_no_leader() {
    # Who waits a minute for a silent leader, and has no link to it, has none meanwhile.
    CLOUDP2P_ELECTION_CRASH_LINK=false CLOUDP2P_ELECTION_FAILURE_TIMEOUT_MS=60000 start_nodes 1 2
    signal_node KILL 2
    eventually "status without a leader names the members that there are" no_leader_is_said
    ask --json --timeout 3 status
    like "as JSON the leader is null" '^\{"event":"status","leader":null,' "$out"
    refused "an upload without a leader" 3 'no leader answered within 3 s' --timeout 3 --quiet upload photo.png
    ask --json --timeout 3 upload photo.png
    like "as JSON it is no_leader" '"ok":false,"code":"no_leader"' "$out"
    signal_node TERM 1
}

# A service manager may start programs without any of the three.
check_closed_streams() {
    local fd
    timeout 30 "$client_program" alice "${client_options[@]}" <&- >closed.out 2>closed.err && code=0 || code=$?
    equal "a client without standard input has an empty script" 0 "$code"
    timeout 30 "$client_program" alice "${client_options[@]}" --timeout 1 status <&- >&- 2>&- && code=0 || code=$?
    equal "a client without any of the three" 3 "$code"
    "$node_program" 1 "${node_options[@]}" --http off --data-dir node-closed <&- >&- 2>&- &
    helpers+=("$!")
    need "a node without any of the three serves" members_alive 1
    for fd in 0 1 2; do
        equal "its descriptor $fd is no socket and no file" /dev/null "$(readlink "/proc/$!/fd/$fd")"
    done
    kill -TERM $!
    wait $! || true
}

# A full disk under a redirection must not look like a success.
check_full_output() {
    local command
    for command in "--json --quiet capacity photo.png" "capacity photo.png" help --version; do
        code=0
        # shellcheck disable=SC2086 # words of one command
        (exec_client $command >/dev/full 2>full.err) || code=$?
        equal "nothing can be written: $command" "1 client: standard output: not everything could be written" \
            "$code $(<full.err)"
    done
    for command in "token --key-file cluster.key" --version --help; do
        code=0
        # shellcheck disable=SC2086 # words of one command
        "$node_program" $command >/dev/full 2>full.err || code=$?
        equal "nothing can be written: node $command" \
            "1 node: standard output: not everything could be written" "$code $(<full.err)"
    done
}

# The nodes may allow less than the client does.
check_limit_of_the_nodes() {
    CLOUDP2P_IMAGING_MAX_BYTES=1000 start_nodes 1
    refused "a picture above the limit of the nodes" 5 'limit' --timeout 5 --quiet upload photo.png
    signal_node TERM 1
}

no_leader_is_said() {
    ask --timeout 1 status
    [[ $code == 3 && $out == 'No leader (electing; 1 member seen)' ]]
}

# The time of one path is not taken from the next one.
check_time_of_each_path() {
    start_nodes 1
    truncate -s 60M big
    CLOUDP2P_NETWORK_MAX_RATE=40 ask --json --any-file --timeout 6 upload big photo.png
    equal "a path that takes too long leaves the next one its time" "6 false true" \
        "$code $(sed -E 's/.*"ok":([a-z]+).*/\1/' <<<"$out" | xargs)"
    like "and says why" '"path":"big","ok":false,"code":"busy","error":"the cluster did not finish within 6 s' "$out"
    rm -f images/* big
    signal_node TERM 1
}

# freeze PID FILE REGEX: stops the process as soon as the file has such a line.
freeze() {
    until has_line "$3" "$2" || ended "$1"; do sleep 0.005; done
    kill -STOP "$1" 2>/dev/null || true
}

# interrupt_frozen PID SIGNAL: sets code.
interrupt_frozen() {
    kill "-$2" "$1"
    kill -CONT "$1"
    code=0
    wait "$1" || code=$?
}

# An interrupt counts also while a file is checked, decrypted or written, when nothing looks for one.
check_interrupted_between() {
    local saved
    start_nodes 1
    truncate -s 120M big
    : >several.err
    (exec_client --json --any-file upload big big big >several.out 2>several.err) &
    helpers+=("$!")
    freeze $! several.err 'processed request'
    if [[ -s several.out ]]; then
        skip_case "interrupted while an answer is verified: this machine is too fast"
    else
        interrupt_frozen $! INT
        equal "interrupted while the first of several answers is verified" 130 "$code"
        equal "the first is saved, the second interrupted, the third not begun" "true false" \
            "$(sed -E 's/.*"ok":([a-z]+).*/\1/' several.out | xargs)"
    fi
    ask --json --any-file upload big
    saved=$(field file "$out")
    printf 'status\ndecrypt %s -o opened\nupload photo.png\nupload photo.png\n' "$saved" >script
    : >script.out
    (exec_client --json <script >script.out 2>script.err) &
    helpers+=("$!")
    freeze $! script.out '"event":"status"'
    if has_line '"decrypt"' script.out; then
        skip_case "a script ended while it decrypts: this machine is too fast"
    else
        interrupt_frozen $! TERM
        equal "a script is told to end while it decrypts" 130 "$code"
        holds "the file is decrypted" cmp -s big opened
        equal "what would come next is not done" 2 "$(wc -l <script.out)"
    fi
    rm -f images/* big opened
    signal_node TERM 1
}

begin_test bad-input
make_files
check_command_lines
check_configuration
check_early_failures_as_json
check_files
check_no_cluster
check_port_in_use
check_no_leader
check_closed_streams
check_full_output
check_limit_of_the_nodes
check_time_of_each_path
check_interrupted_between
holds "nothing of all this was saved" empty_folder images
end_test
