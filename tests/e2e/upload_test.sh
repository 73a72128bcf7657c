#!/usr/bin/env bash
# Three nodes find one another, and a user does with them what the README promises: uploads real pictures of three
# formats, one shot, several and by script; stores images; decrypts with and without our program; asks who leads.
# Usage: upload_test.sh [IO]
#   IO   the kernel's way that datagrams take: CLOUDP2P_TEST_IO (docs/operations.md)
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/e2e.sh"

# lines_of REGEX TEXT: how many lines of TEXT match.
lines_of() { grep -cE -- "$1" <<<"$2" || true; }

saved_at='[^ ]*/images/encrypted_photo_[0-9]{10}(-[0-9]+)?\.png'

make_pictures() {
    "$make_image_program" photo.png 800 600 1
    "$make_image_program" photo.jpg 1200 900 2
    "$make_image_program" photo.webp 640 480 3
}

check_formats() {
    local name saved
    for name in photo.png photo.jpg photo.webp; do
        upload "a $name comes back encrypted, and opens again" "$name"
        saved=$(field file "$result")
        like "$name keeps its name and extension" "/images/encrypted_photo_[0-9]{10}\.${name##*.}\$" "$saved"
        equal "$name became a CPE1 file" CPE1 "$(head -c 4 "$saved")"
        equal "$name grew by 96 bytes" $(($(stat -c %s "$name") + 96)) "$(stat -c %s "$saved")"
        openssl_decrypt alice "$saved" >opened
        holds "openssl alone opens $name" cmp -s "$name" opened
    done
    equal "the leader did the work" 3 "$(field node "$result")"
    equal "nothing partial is left" 3 "$(count_files images)"
}

# A decline is one datagram that nobody repeats, and the answer does not wait for it.
upload_with_both_declines() {
    ask upload photo.png
    equal "an upload in words ends with 0" 0 "$code"
    (($(lines_of ' declined: ' "$out") == 2))
}

# The session of the README, word for word.
check_words() {
    local line wanted
    wait_until "$patience" upload_with_both_declines || miss "both followers decline" "$out"
    wanted=("Broadcasting request to 3 servers\.\.\."
        "  Sending once to 239\.255\.67\.81:[0-9]+ \(lo\)"
        "  - Server 1 declined: Node 1 is not the leader"
        "  - Server 2 declined: Node 2 is not the leader"
        "  ✓ Leader \(server 3\) processed request"
        "✓ Success!"
        "Encrypted image saved to: $saved_at"
        "\(encrypted: open it with 'decrypt FILE'\)")
    for line in "${wanted[@]}"; do equal "it says: $line" 1 "$(lines_of "^$line\$" "$out")"; done
    ask --quiet upload photo.png
    equal "--quiet says nothing" "0||" "$code|$out|$err"
    ask upload photo.png --json
    equal "an option may stand behind the command; --json prints one object and nothing else" \
        "0 1 1" "$code $(wc -l <<<"$out") $(lines_of "$upload_shape" "$out")"
}

check_several() {
    local line files=(photo.png photo.jpg photo.webp) i=0
    ask --json upload "${files[@]}"
    equal "three paths in one command end with 0" 0 "$code"
    while read -r line; do
        uploaded "result $((i + 1)) of 3 is that of ${files[i]}" "${files[i]}" "$line"
        i=$((i + 1))
    done <<<"$out"
    ask --json upload photo.png missing.png photo.jpg
    equal "one missing of three is partly done" "6 3 2" \
        "$code $(wc -l <<<"$out") $(lines_of '"ok":true' "$out")"
    like "and the missing one says so" '"path":"missing.png","ok":false,"code":"not_found","error":"[^"]+"\}' "$out"
}

check_scripts() {
    ask_script $'# a comment\n\nstatus   # another\n  upload photo.png\n' --json
    equal "a script runs line by line" "0 2" "$code $(wc -l <<<"$out")"
    like "its status line" '^\{"event":"status","leader":3,' "$out"
    ask_script $'upload missing.png\nupload photo.png\n' --json
    equal "a script stops at the first failure" "4 1 0" "$code $(wc -l <<<"$out") $(lines_of '"ok":true' "$out")"
    ask_script $'upload missing.png\nupload photo.png\nfrobnicate\n' --json --keep-going
    equal "--keep-going goes on" "6 1" "$code $(lines_of '"ok":true' "$out")"
    ask_script $'quit\nupload photo.png\n'
    equal "quit ends a script" "0|" "$code|$(lines_of Broadcasting "$out" | grep -v '^0' || true)"
}

check_names() {
    local name before
    local strange=("my holiday photo.png" "it's \"quoted\" \\ back.png" $'two\nlines.png' "-dash.png" "ünï ☃.png" "#hash.png")
    for name in "${strange[@]}"; do
        cp -- photo.png "./$name"
        upload "a file named $(printf %q "$name")" "./$name"
    done
    before=$(count_files images)
    ask_script "upload 'my holiday photo.png' \"it's \\\"quoted\\\" \\\\ back.png\" ./-dash.png" --json
    equal "a script quotes names as a shell does" "0 3" "$code $(lines_of '"ok":true' "$out")"
    equal "and all of them were saved" $((before + 3)) "$(count_files images)"
}

# The clock must not matter: the names of the next minute are taken.
check_no_overwriting() {
    local now name taken=()
    mkdir taken
    now=$(date +%s)
    for ((second = now; second < now + 60; ++second)); do
        name=taken/encrypted_photo_$second
        echo mine >"$name.png"
        echo mine >"$name-1.png"
        taken+=("$name.png" "$name-1.png")
    done
    upload "a name that exists" photo.png --images-dir taken
    like "gets the next free number" '/encrypted_photo_[0-9]{10}-2\.png$' "/$(field file "$result")"
    equal "and what was there is as it was" "120 mine" \
        "$(cat "${taken[@]}" | sort | uniq -c | sed 's/^ *//')"
}

# Several clients at once, in one folder, within one second or two.
check_racing_clients() {
    local pids=() i failed=0
    for i in 1 2 3 4; do
        (exec_client --json --images-dir raced upload photo.png >"race.$i" 2>/dev/null </dev/null) &
        pids+=("$!")
    done
    for i in "${pids[@]}"; do wait "$i" || failed=$((failed + 1)); done
    equal "four clients upload at once" "0 4" "$failed $(count_files raced)"
    equal "and have four files" 4 "$(sed 's/.*"file":"\([^"]*\)".*/\1/' race.? | sort -u | wc -l)"
}

check_opening() {
    local saved opened
    upload "a picture to open" photo.png
    saved=$(field file "$result")
    opened=${saved/encrypted_/decrypted_}
    ask decrypt "$saved"
    equal "decrypt without -o ends with 0" 0 "$code"
    holds "it writes decrypted_NAME beside the file" cmp -s photo.png "$opened"
    ask decrypt "$saved"
    holds "a second time it takes another name" cmp -s photo.png "${opened%.png}-1.png"
    ask --json verify "$saved" photo.png
    like "verify compares with the original" '"command":"verify".*"ok":true.*"verified":true\}$' "$out"
    equal "verify ends with 0" 0 "$code"
    refused "verify with another original ends with 7" 7 'holds something else' verify "$saved" photo.jpg
    user=bob ask decrypt "$saved"
    check_refusal "another user cannot open it" 7 'wrong user'
}

check_store() {
    local id stored
    ask send-image photo.jpg
    equal "send-image ends with 0" 0 "$code"
    like "it names the request and the leader" \
        "✓ Sent image [0-9a-f]{16} to leader \(node 3\) — $(stat -c %s photo.jpg) bytes" "$out"
    id=$(sed -n 's/^✓ Sent image \([0-9a-f]*\) .*/\1/p' <<<"$out")
    like "and that it was accepted" "✓ SUCCESS: Image $id was accepted by the server" "$out"
    stored=$(find store -type f ! -name ".cloudp2p-*")
    like "the file is named by request, client, time and format" \
        "^store/${id}_127\.0\.0\.1-[0-9]{1,5}_[0-9]{10}\.jpg\$" "$stored"
    holds "and holds the image as it was" cmp -s photo.jpg "$stored"
    cp photo.jpg lying.png
    ask --json send-image lying.png
    like "the extension is that of the content" '"file":"[0-9a-f]{16}_[^"]*\.jpg"' "$out"
    eventually "the leader logs image_stored for both" both_are_logged
    equal "only the leader stores" "0 0" "$(count_events 2 image_stored) $(count_events 1 image_stored)"
}
both_are_logged() { (($(count_events 3 image_stored) == 2)); }

check_reports() {
    local member='\{"id":[123],"role":"(leader|follower)","state":"alive","address":"127\.0\.0\.1:[0-9]+","load":([0-9.]+|null),"last_seen_ms":[0-9]+'
    ask status
    equal "status" "0 Current leader: Node 3" "$code $out"
    ask --json status
    like "status as JSON" \
        "^\{\"event\":\"status\",\"leader\":3,\"epoch\":\"[0-9]+\.3\.[0-9]+\",\"members\":\[$member\},$member\},$member\}\]\}\$" "$out"
    equal "one of them is the leader" 1 "$(grep -o '"role":"leader"' <<<"$out" | wc -l)"
    ask members
    equal "members has a line each" "0 3 1" \
        "$code $(lines_of '^ *[123] +(leader|follower) +alive .* 127\.0\.0\.1:[0-9]+ +lo ' "$out") $(lines_of '^ *3 +leader' "$out")"
    ask --json members
    like "members as JSON has path and API address" "^\{\"event\":\"members\",.*$member,\"path\":\"lo\",\"api\":\"[^\"]*\"" "$out"
    ask discover
    equal "discover" $'0 Discovering leader...\nLeader discovered: Node 3' "$code $out"
    # Small socket buffers are a warning about the machine, not about us.
    ask doctor
    equal "doctor has five lines and no failure" "0 5 0" \
        "$code $(lines_of '^(ok|warn|fail) ' "$out") $(lines_of '^fail' "$out")"
    ask --json doctor
    equal "doctor as JSON" 5 "$(lines_of '^\{"event":"doctor","level":"(ok|warn)","text":"[^"]+","advice":"[^"]*"\}$' "$out")"
    ask help
    equal "help lists the commands" "0 1 1" "$code $(lines_of '^ *upload ' "$out") $(lines_of '^ *quit' "$out")"
}

begin_test upload
if (($# > 0)); then export CLOUDP2P_TEST_IO=$1; fi
make_pictures
start_nodes 1 2 3
check_formats
check_words
check_several
check_scripts
check_names
check_no_overwriting
check_racing_clients
check_opening
check_store
check_reports
equal "node 3 led all the time" "0 0 0" "$(changes_since_calm 1 2 3)"
end_test
