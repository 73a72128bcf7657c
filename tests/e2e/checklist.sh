#!/usr/bin/env bash
# The checklists of the five designs that CloudP2P grew from, each line beside the command that proves it: prints
# "[x] line: what was observed", or "[ ] line: what was seen instead", and ends with 1 if any is "[ ]".
# Usage: checklist.sh
# Three nodes on loopback, with a temporary directory, key and ports of their own.
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/e2e.sh"

# prove LINE COMMAND...: what COMMAND prints is what was observed; its status is the verdict.
prove() {
    local line=$1 seen verdict=x
    shift
    seen=$("$@") || verdict=' '
    if [[ $verdict == ' ' ]]; then failures=$((failures + 1)); fi
    seen=${seen//$'\n'/; }
    printf '[%s] %s: %s\n' "$verdict" "$line" "${seen:-nothing}"
}

# said ID TEXT: the first line of a node's log that says so.
said() {
    local line
    wait_until "$patience" has_line "\"message\":\"$2" "$(node_log "$1")" || { printf 'node %s does not say "%s"' "$1" "$2" && return 1; }
    line=$(grep -m 1 "\"message\":\"$2" "$(node_log "$1")")
    printf '"%s"' "$(field message "$line")"
}

# one_line_of REGEX: of what the client printed; else all of it.
one_line_of() { grep -m 1 -E -- "$1" <<<"$out" || { printf 'exit %s, %s' "$code" "$(tr '\n' ' ' <<<"$out$err")" && return 1; }; }

servers_run() {
    local id
    for id in 1 2 3; do
        said "$id" 'All systems operational!' >/dev/null || { printf 'node %s did not start' "$id" && return 1; }
        kill -0 "${node_pids[$id]}" 2>/dev/null || { printf 'node %s has ended: %s' "$id" "$(tail -n 1 "$(node_log "$id")")" && return 1; }
    done
    printf 'processes %s, "All systems operational!"' "${node_pids[*]}"
}

# Sockets of the kernel's table with that port.
listeners() { awk -v port="$(printf ':%04X$' "$1")" '$2 ~ port' /proc/net/udp | wc -l; }

servers_listen() {
    local port=${network_options[3]}
    printf '%d on port %d, %d on port %d' "$(listeners "$port")" "$port" "$(listeners $((port + 1)))" $((port + 1))
    (($(listeners "$port") == 3 && $(listeners $((port + 1))) == 3))
}

leader_is() {
    wait_until "$patience" agreed_on "$1" || { printf 'leader: "%s"' "$(agreed_leader || true)" && return 1; }
    said "$1" "Node $1: I am the new leader!"
}

others_know() { said 1 'Node 1: Leader is node 3' && printf ', ' && said 2 'Node 2: Leader is node 3'; }

# A session at a terminal: `script` gives the client one.
prompt_works() {
    local command word
    if ! have script || ! script -qec true /dev/null </dev/null >/dev/null 2>&1; then
        printf 'this machine has no terminals to give'
        return 1
    fi
    command=$(printf '%q ' "$client_program" alice "${client_options[@]}")
    printf 'help\nupload photo.png\nquit\n' | timeout 60 script -qec "$command" /dev/null >session 2>&1 || true
    for word in 'User: alice' 'upload PATH' 'Success!' 'Goodbye!'; do
        grep -qF "$word" session || { printf 'no "%s" in: %s' "$word" "$(tail -n 5 session)" && return 1; }
        printf '"%s" ' "$word"
    done
}

upload_works() { one_line_of '✓ Success!'; }
is_saved() { one_line_of 'Encrypted image saved to: .*/images/encrypted_photo_[0-9]+(-[0-9]+)?\.png'; }

# A decline is one datagram that nobody repeats, and the answer does not wait for it: not every upload shows both.
both_decline() {
    ask upload photo.png
    ((code == 0 && $(grep -c ' declined: Node [12] is not the leader' <<<"$out" || true) == 2))
}

only_the_leader() {
    wait_until "$patience" both_decline || { printf '%s' "$out" && return 1; }
    grep -E 'declined|processed' <<<"$out" | sed 's/^ *//'
    printf 'tasks done by node 1: %d, 2: %d, 3: %d' "$(count_events 1 task_done)" "$(count_events 2 task_done)" "$(count_events 3 task_done)"
    (($(count_events 1 task_done) == 0 && $(count_events 2 task_done) == 0))
}

names_differ() {
    local name names=()
    for _ in 1 2 3; do
        ask --json upload photo.png
        name=$(field file "$out")
        names+=("${name##*/}")
    done
    printf '%s ' "${names[@]}"
    (($(printf '%s\n' "${names[@]}" | grep . | sort -u | wc -l) == 3))
}

key_is_the_user() {
    ask --json upload photo.png
    openssl_decrypt alice "$(field file "$out")" >opened 2>&1 && cmp photo.png opened &&
        printf 'openssl -aes-128-ctr with SHA-256("alice")[:16] gives the %d bytes of photo.png' "$(stat -c %s opened)"
}

users_have_their_own() {
    local file
    ask --json upload photo.png
    file=$(field file "$out")
    code=0
    err=$("$client_program" bob decrypt "$file" 2>&1) || code=$?
    printf "bob opens alice's file: exit %d, %s" "$code" "$err"
    ((code == 7))
}

stored() {
    ask send-image photo.png
    one_line_of "✓ SUCCESS: Image [0-9a-f]{16} was accepted by the server"
    find "$cluster_dir/store" -type f -exec cmp -s photo.png {} \; -print | grep -q . || { printf 'nothing in the folder' && return 1; }
}

stored_name() {
    local name
    name=$(find "$cluster_dir/store" -type f ! -name ".cloudp2p-*" -printf '%f\n' | head -n 1)
    printf '%s' "$name"
    [[ $name =~ ^[0-9a-f]{16}_127\.0\.0\.1-[0-9]+_[0-9]{10}\.png$ ]]
}

discovered() {
    ask discover
    one_line_of "Leader discovered: Node $1\$"
}

status_is() {
    ask status
    one_line_of "Current leader: Node $1\$"
}

killed() { ((code == 0)) && ended "$killed_pid" && printf 'process %s got SIGKILL' "$killed_pid"; }

# goes_to ID COMMAND: an image that node ID takes.
goes_to() {
    ask --json "$2" photo.png
    printf '%s by node %s in %s ms, sends %s' "$2" "$(field node "$out")" "$(field millis "$out")" "$(field sends "$out")"
    [[ $code == 0 && $(field node "$out") == "$1" && $(field sends "$out") == 1 ]]
}

begin_test checklist
"$make_image_program" photo.png 640 480
for id in 1 2 3; do
    : >"$(node_log "$id")"
    start_node "$id"
done

prove "All three servers start" servers_run
prove "Three servers listen" servers_listen
prove "Node 3, the highest id, becomes the first leader" leader_is 3
prove "The leader is announced to the others" others_know
wait_until "$patience" members_alive 3 || true
prove "The client's prompt starts, and help, upload and quit work in it" prompt_works
ask upload photo.png
prove "A client uploads an image" upload_works
prove "The encrypted image is saved in images/" is_saved
prove "Only the leader processes an upload, the others decline" only_the_leader
prove "Every upload gets a file name of its own" names_differ
prove "An image is encrypted with AES-128-CTR under a key made of the user's name" key_is_the_user
prove "Different users have different keys" users_have_their_own
prove "status shows the leader" status_is 3
prove "discover finds the leader" discovered 3
prove "send-image stores an image in the shared folder" stored
prove "A stored image is named by request, client and time" stored_name
killed_pid=${node_pids[3]}
code=0
kill -0 "$killed_pid" 2>/dev/null && signal_node KILL 3 || code=1
prove "The leader, node 3, is killed" killed
prove "Node 2 notices it and starts an election" said 2 'Node 2: Leader 3 is DOWN! Starting new election...'
prove "Node 2 becomes the new leader" leader_is 2
prove "discover finds the new leader" discovered 2
prove "The client works with the new leader" goes_to 2 upload
prove "The next image is stored by the new leader" goes_to 2 send-image
((failures == 0))
