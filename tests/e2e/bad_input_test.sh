#!/usr/bin/env bash
# What is wrong gets one clear line, the documented exit code, and leaves nothing half done on the disk.
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/e2e.sh"

group=239.255.67.80
small_disk=64k # what a picture does not fit into

# capture COMMAND...: sets code, out and err.
capture() {
    code=0
    timeout -k 5 60 "$@" >out 2>err </dev/null || code=$?
    out=$(<out)
    err=$(<err)
}

client() { capture "$client_program" alice "$@"; }

# A usage error says what is wrong, and shows what would be right; the programs' own usage needs two lines for it.
refused_usage() {
    local sentence=$1 words=$2
    shift 2
    capture "$@"
    equal "$sentence" "2 yes yes" \
        "$code $([[ $err =~ $words ]] && echo yes) $([[ $err =~ (example|did\ you\ mean):?\  ]] && echo yes)"
}

make_files() {
    "$make_image_program" photo.png 400 300
    "$make_image_program" tiny.png 40 30
    mkdir folder
    : >empty
    head -c 5000 /dev/urandom >noise
    head -c 20 photo.png >cut.png
    mkfifo pipe
}

# --- without a cluster ---------------------------------------------------------------------------------------

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
    client --config bad.toml status
    check_refusal "an unknown key: file, line, column and the nearest known" 1 \
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
    # Who waits a minute for a silent leader has none meanwhile.
    CLOUDP2P_ELECTION_FAILURE_TIMEOUT_MS=60000 start_nodes 1 2
    signal_node KILL 2
    eventually "status without a leader names the members that there are" no_leader_is_said
    ask --json --timeout 1 status
    like "as JSON the leader is null" '^\{"event":"status","leader":null,' "$out"
    refused "an upload without a leader" 3 'no leader answered within 1 s' --timeout 1 --quiet upload photo.png
    ask --json --timeout 1 upload photo.png
    like "as JSON it is no_leader" '"ok":false,"code":"no_leader"' "$out"
    signal_node TERM 1
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

# --- with a cluster ------------------------------------------------------------------------------------------

# mounting: sets small_mount to what makes a mount possible; false where that is refused.
mounting() {
    for small_mount in "unshare -rm" "unshare -m"; do
        if $small_mount mount -t tmpfs -o size=$small_disk tmpfs folder 2>/dev/null; then return 0; fi
    done
    return 1
}

# capture_on_small_disk FOLDER COMMAND...: FOLDER holds next to nothing, for this command only. Sets left to what is there
# afterwards, too.
capture_on_small_disk() {
    # shellcheck disable=SC2086,SC2016 # words; expanded inside
    capture $small_mount bash -c 'mount -t tmpfs -o size="$0" tmpfs "$1" || exit 99
        folder=$1; shift; code=0; "$@" || code=$?; find "$folder" -mindepth 1 >left; exit $code' "$small_disk" "$@"
    left=$(<left)
}

# The store of the leader has no room from the beginning.
node_command() {
    command_line=("$node_program" "$1" "${node_options[@]}" --data-dir "$cluster_dir/node-$1" --log-format "$log_format")
    if [[ $1 == 2 && -n $small_mount ]]; then
        # shellcheck disable=SC2206,SC2016 # words; expanded inside
        command_line=($small_mount bash -c 'mount -t tmpfs -o size="$0" tmpfs "$1" && shift && exec "$@"'
            "$small_disk" "$store" "${command_line[@]}")
    fi
}

check_store() {
    if [[ -z $small_mount ]]; then
        skip_case "a full store: this machine refuses mounts"
    else
        refused "an image that the store has no room for" 1 'No space left on device' --quiet send-image photo.png
        has_event 2 task_failed || miss "the leader logs it" "no task_failed"
        equal "nothing partial is in the store" 0 "$(find "/proc/${node_pids[2]}/root$store" -type f 2>/dev/null | wc -l)"
        ask --quiet send-image tiny.png
        equal "one that fits is stored" 0 "$code"
    fi
}

check_images_folder() {
    echo mine >occupied
    refused "a file in the place of the images folder" 1 'occupied: Not a directory' --quiet --images-dir occupied upload photo.png
    equal "which stays as it was" mine "$(<occupied)"
    refused "a folder that cannot be made" 1 '/proc/none' --quiet --images-dir /proc/none upload photo.png
    mkdir -m 500 locked
    if [[ -w locked ]]; then
        skip_case "an images folder without the right to write: this user writes everywhere"
    else
        refused "an images folder without the right to write" 1 'locked/.*: Permission denied' --quiet --images-dir locked upload photo.png
        holds "nothing is in it" empty_folder locked
    fi
}

check_full_disk() {
    if [[ -n $small_mount ]]; then
        mkdir full
        capture_on_small_disk full "$client_program" alice "${network_options[@]}" --images-dir full --quiet upload photo.png
        check_refusal "a full disk under the images folder" 1 'full/encrypted_photo_[0-9]+\.png: No space left on device'
        equal "nothing partial is on it" "" "$left"
        capture_on_small_disk full "$client_program" alice --quiet decrypt "$encrypted" -o full/photo.png
        check_refusal "a full disk under a decrypted file" 1 'full/photo\.png: No space left on device'
        equal "nothing partial is on it" "" "$left"
    fi
    # A quota looks like this.
    mkdir small
    code=0
    (
        trap '' XFSZ
        ulimit -f 16
        exec_client --quiet --images-dir small upload photo.png
    ) >out 2>err || code=$?
    out=$(<out) err=$(<err)
    check_refusal "a file size limit" 1 'small/encrypted_photo_[0-9]+\.png: File too large'
    holds "leaves nothing partial" empty_folder small
}

check_encrypted_files() {
    local f=$encrypted size
    refused "a file that is encrypted already" 5 "is encrypted already: open it with 'decrypt" upload "$f"
    user=bob ask decrypt "$f"
    check_refusal "another user's file" 7 'wrong user'
    size=$(stat -c %s "$f")
    for bytes in 0 1 63 64 95 $((size - 1)); do
        head -c "$bytes" "$f" >cut.cpe1
        refused "the first $bytes bytes of it" 7 "cut\.cpe1" decrypt cut.cpe1
    done
    (cat "$f" && echo more) >long.cpe1
    refused "more behind it" 7 'long\.cpe1' decrypt long.cpe1
    cp "$f" turned.cpe1
    printf '\xff\x00\xff\x00' | dd of=turned.cpe1 bs=1 seek=1000 conv=notrunc status=none
    refused "bytes changed in it" 7 'damaged' decrypt turned.cpe1
    absent turned.decrypted || miss "nothing unauthenticated is written" "turned.decrypted"
    printf 'word\n' >words
    refused "a passphrase for a file that has none" 7 'protected in another way|wrong' --passphrase-file words decrypt "$f"
}

check_any_file() {
    ask --json --any-file upload empty
    equal "--any-file takes an empty file" 0 "$code"
    uploaded "which comes back" empty "$out"
    equal "as 96 bytes of CPE1" "96 CPE1" "$(stat -c %s "$(field file "$out")") $(head -c 4 "$(field file "$out")")"
}

# Text logs on standard error are what a person sees.
check_second_nodes() {
    local id
    for id in 1 2; do
        capture "$node_program" "$id" "${node_options[@]}" --data-dir "$cluster_dir/second-$id"
        equal "a second node $id ends with 1 and says why" "1 yes" \
            "$code $([[ $err == *"another node $id is running already"* ]] && echo yes)"
    done
    capture "$node_program" 9 "${node_options[@]}" --data-dir "$cluster_dir/node-1"
    check_refusal "a data directory that is in use" 1 "node-1: another node \(process ${node_pids[1]}\) uses this data directory"
    capture "$node_program" 9 "${node_options[@]}" --data-dir "$cluster_dir/empty"
    check_refusal "a file in the place of the data directory" 1 'empty: Not a directory'
    need "the first node 2 goes on as the leader" agreed_on 2
    upload "and works" photo.png
}

check_garbage() {
    local kind port=${network_options[3]}
    for kind in random header session; do
        holds "some $kind garbage is sent" "$flood_program" "$group" "$port" 2000 1 "$kind" >/dev/null
        eventually "and counted" refused_some "$kind"
    done
    upload "the cluster goes on" photo.png
}

refused_some() {
    local reason=not_authentic
    if [[ $1 == random ]]; then reason=wrong_magic; fi
    has_line "\"event\":\"datagram_refused\",\"reason\":\"$reason\"" node-1.log
}

begin_test bad-input
store=$cluster_dir/store
small_mount=""
make_files
mkdir store
check_command_lines
check_configuration
check_files
check_no_cluster
check_port_in_use
check_no_leader
check_limit_of_the_nodes
holds "nothing of all this was saved" empty_folder images

mounting || small_mount=""
for id in 1 2; do : >"$(node_log "$id")"; done
start_nodes 1 2
upload "a picture" photo.png
encrypted=$(field file "$result")
check_store
check_images_folder
check_full_disk
check_encrypted_files
check_any_file
check_second_nodes
check_garbage
equal "nothing partial is among the images" 4 "$(count_files images)"
end_test
