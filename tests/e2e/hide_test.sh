#!/usr/bin/env bash
# A user hides texts, files and pictures in pictures through three nodes and finds them again; others do not. Damage,
# recompression, wrong answers and covers that are too small are noticed. A leader killed at it costs nothing.
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/e2e.sh"

hide_shape='^\{"event":"result","command":"hide","path":"[^"]+","ok":true,"task":"[^"]+-[0-9a-f]+-[0-9]+","node":[0-9]+'
hide_shape+=',"epoch":"[0-9.]+","file":"[^"]+\.png","bytes":[0-9]+,"sha256":"[0-9a-f]{64}","millis":[0-9.]+'
hide_shape+=',"sends":1,"verified":true,.*"bits_per_sample":0\.[0-9]+\}$'

# hide SENTENCE ARG...: sets result and saved.
hide() {
    local sentence=$1
    shift
    ask --json hide "$@"
    result=$out
    saved=$(field file "$result")
    if ((code == 0)); then like "$sentence" "$hide_shape" "$result"; else miss "$sentence" "exit $code: $err"; fi
}

check_texts() {
    local name
    for name in photo.png photo.jpg photo.webp photo.bmp photo.tiff; do
        hide "a text is hidden in $name" "$name" --text "meet me at noon in $name"
        like "and saved as a PNG of that name" '/images/stego_photo_[0-9]{10}(-[0-9]+)?\.png$' "$saved"
        ask extract "$saved"
        equal "and found in the saved file" "0 ✓ Hidden text: meet me at noon in $name" "$code $out"
    done
    ask --json extract "$saved"
    like "extract as JSON has the text" '"command":"extract",.*"ok":true,"text":"meet me at noon in photo.tiff"' "$out"
    ask extract "$saved" -o text.txt
    equal "extract -o writes the text" "meet me at noon in photo.tiff" "$(<text.txt)"
    mkdir found
    ask --json extract "$saved" -o found
    equal "extract -o FOLDER makes a name in it" "found/extracted_$(basename "$saved" .png).bin" "$(field file "$out")"
    ask hide photo.png --text words
    like "hide in words" $'✓ Success!\nStego image saved to: [^ ]*/images/stego_photo_' "$out"
}

check_files() {
    head -c 3000 /dev/urandom >secret.bin
    hide "a file is hidden" photo.png --file secret.bin
    equal "its size and digest are the file's" "3000 $(digest secret.bin)" "$(field bytes "$result") $(field sha256 "$result")"
    ask extract "$saved"
    holds "and comes back under its name" cmp -s secret.bin "$(dirname "$saved")/extracted_secret.bin"
    "$make_image_program" tiny.png 40 30 9
    hide "a picture is hidden in another" tiny.png --cover photo.png
    like "the saved one has the cover's name" '/stego_photo_' "$saved"
    ask --json extract "$saved" -o found.png
    holds "and comes back" cmp -s tiny.png found.png
    hide "a text is hidden by the plain method" photo.png --text plain --method lsb
    ask extract "$saved" --method lsb
    equal "and found by it" "✓ Hidden text: plain" "$out"
    refused "but not by the other" 7 'nothing hidden here for this key' extract "$saved"
}

check_keys() {
    head -c 32 /dev/urandom >key.bin
    echo "correct horse" >passphrase
    hide "a key file hides" photo.png --text by-key --user-key key.bin
    ask --user-key key.bin extract "$saved"
    equal "and finds" "✓ Hidden text: by-key" "$out"
    refused "the name alone does not" 7 'nothing hidden' extract "$saved"
    hide "a passphrase hides" photo.png --text by-phrase --passphrase-file passphrase
    ask --passphrase-file passphrase extract "$saved"
    equal "and finds it" "✓ Hidden text: by-phrase" "$out"
}

# What must end with 7 and one line.
check_nothing_found() {
    hide "a text to look for" photo.png --text secret
    user=bob refused "another user finds nothing" 7 'nothing hidden here for this key' extract "$saved"
    refused "a cover holds nothing" 7 'nothing hidden here for this key' extract photo.png
    # Whoever saves it anew as a JPEG loses what is hidden; reading it must say so, and nothing else.
    "$make_image_program" again.jpg --from "$saved"
    refused "a result that was saved as a JPEG holds nothing any more" 7 'nothing hidden here for this key' extract again.jpg
    ask --json extract again.jpg
    like "as JSON, too" '"command":"extract",.*"ok":false,"code":"nothing_hidden"' "$out"
    "$make_image_program" again.png --from "$saved"
    ask extract again.png
    equal "saved as another PNG it still holds it" "0 ✓ Hidden text: secret" "$code $out"
    "$make_image_program" other.jpg 800 600 5
    refused "a JPEG holds nothing" 7 'nothing hidden here for this key' extract other.jpg
    refused "no picture is refused" 5 'not an image' extract passphrase
    refused "a file that is not there" 4 'missing.png' extract missing.png
}

# A PNG of a photograph is several times as large as its JPEG.
check_limits() {
    local limit
    limit=$(($(stat -c %s photo.jpg) + 1000))
    CLOUDP2P_IMAGING_MAX_BYTES=$limit hide "max_bytes is about what a client sends" photo.jpg --text large
    holds "and the answer is larger" test "$(stat -c %s "$saved")" -gt "$limit"
}

check_capacity() {
    ask capacity photo.png
    like "capacity in words" 'photo.png: 800 x 600 pixels, colour.*bytes at 0.05 bits a sample' "${out//$'\n'/ }"
    ask --json capacity photo.png
    like "capacity as JSON" '"command":"capacity".*"width":800,"height":600,"channels":3,"bytes_at_0.05":8923,"bytes_at_0.10":' "$out"
    head -c 8900 /dev/urandom >fits.bin
    hide "what fits at the advised rate" photo.png --file fits.bin
    head -c 20000 /dev/urandom >much.bin
    ask hide photo.png --file much.bin
    like "more is done with a warning" 'more than 0.05 bits a sample' "$out"
    head -c 80000 /dev/urandom >too_much.bin
    refused "over capacity" 5 'holds at most [0-9]+ bytes, not 80012: take a colour picture of at least [0-9]+ x' \
        hide photo.png --file too_much.bin
    "$make_image_program" small.png 30 30 4
    refused "a cover too small for anything" 5 'holds nothing at all' hide small.png --text x
    head -c 20000 photo.jpg >cut.jpg
    refused "a JPEG cut in half" 5 'ends before its picture does' hide cut.jpg --text x
    refused "capacity of it" 5 'ends before its picture does' capacity cut.jpg
}

check_usage() {
    ask hide photo.png
    like "hide without anything to hide" '^hide: one of --text, --file and --cover' "$err"
    equal "is a usage error" 2 "$code"
    ask_script $'hide photo.png --text \'by script\'\nquit\n' --json
    like "a script hides" "$hide_shape" "$out"
}

# The same seed would give the same bytes; a user never sees a seed, but two nodes of one task do.
check_leader_killed() {
    local victim
    "$make_image_program" big.jpg 4000 3000 6
    head -c 100000 /dev/urandom >payload.bin
    mark=$(log_length 3)
    : >hide.out
    (exec_client --json hide big.jpg --file payload.bin >hide.out 2>hide.err </dev/null) &
    uploader=$!
    helpers+=("$uploader")
    need "the leader works on a 12 MP photo" has_event 3 task_assigned "$mark"
    if ended "$uploader"; then
        skip_case "a leader killed while it hides: it was done before we looked"
        return
    fi
    victim=3
    fail_over KILL "$victim" || explain "nobody took over"
    wait "$uploader" && code=0 || code=$?
    result=$(<hide.out)
    equal "hide ends with 0 though its leader was killed" 0 "$code"
    like "sent once, verified" "$hide_shape" "$result"
    like "by another node" '"node":[12],' "$result"
    ask extract "$(field file "$result")" -o again.bin
    holds "and the file comes back" cmp -s payload.bin again.bin
    start_node 3
    need "node 3 leads again" agreed_on 3
}

# A node whose memory is bad: its answer is not what was asked for.
check_wrong_answer() {
    fail_over KILL 3 || explain "nobody took over"
    CLOUDP2P_TEST_SPOIL=1 start_node 3
    need "the spoiling node leads" agreed_on 3
    need "a client sees all three" members_alive 3
    ask --json hide photo.png --text honest
    like "a wrong answer is made again by another node, and nothing is sent again" "$hide_shape" "$out"
    like "not by the one that was wrong" '"node":[12],' "$out"
    ask hide photo.png --text honest
    like "the user is told" 'answer of server 3 is not what was asked for' "$out"
}

# One node alone, told to keep what it made: in the store, under the user and the task.
check_kept_results() {
    local kept
    CLOUDP2P_TASKS_KEEP_RESULTS=true start_nodes 4
    hide "a text is hidden by a node that keeps results" photo.png --text "kept"
    kept=store/results/alice/$(field task "$result").png
    holds "the store has the client's file" cmp -s "$saved" "$kept"
    ask extract "$kept"
    equal "with what is hidden in it" "0 ✓ Hidden text: kept" "$code $out"
    upload "a picture is encrypted by it" photo.jpg
    kept=store/results/alice/$(field task "$result").cpe1
    holds "the store has the client's file as CPE1" cmp -s "$(field file "$result")" "$kept"
    equal "and nothing else" 2 "$(find store/results -type f | wc -l)"
    signal_node TERM 4
}

begin_test hide
for format in png jpg webp bmp tiff; do "$make_image_program" "photo.$format" 800 600 1; done
start_nodes 1 2 3
check_texts
check_files
check_keys
check_nothing_found
check_limits
check_capacity
check_usage
check_leader_killed
check_wrong_answer
holds "nothing is kept where nobody asked for it" absent store/results
for id in 1 2 3; do signal_node TERM "$id"; done
check_kept_results
end_test
