#!/usr/bin/env bash
# Full disks, folders that are none, files that are damaged: one clear line, the documented exit code, nothing half done.
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/e2e.sh"

small_disk=64k # what a picture does not fit into

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
        eventually "the leader logs it" has_event 2 task_failed
        holds "with the name that it would have had" has_line '"message":"Failed to save image [0-9a-f]{16}_.*No space left' node-2.log
        equal "nothing partial is in the store" 0 "$(find "/proc/${node_pids[2]}/root$store" -type f ! -name .cloudp2p-store 2>/dev/null | wc -l)"
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
    capture bash -c 'trap "" XFSZ; ulimit -f 16; exec "$@"' bash \
        "$client_program" alice "${client_options[@]}" --quiet --images-dir small upload photo.png
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

begin_test bad-disk
store=$cluster_dir/store
"$make_image_program" photo.png 400 300
"$make_image_program" tiny.png 40 30
: >empty
mkdir folder store
small_mount=""
mounting || small_mount=""
start_nodes 1 2
upload "a picture" photo.png
encrypted=$(field file "$result")
check_store
check_images_folder
check_full_disk
check_encrypted_files
check_any_file
equal "nothing partial is among the images" 2 "$(count_files images)"
end_test
