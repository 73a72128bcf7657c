#!/usr/bin/env bash
# scripts/kill_leader.sh counts what it says: with leaders that crash, that leave, that lose packets; and it fails when uploads
# fail or nobody takes over. In namespaces, and on loopback where those are refused.
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/e2e.sh"

number='[0-9]+\.[0-9]'

# check_rounds SENTENCE ROUNDS [OPTION...]
check_rounds() {
    local sentence=$1 rounds=$2
    shift 2
    capture "$root/scripts/kill_leader.sh" --rounds "$rounds" --clients 2 "$@"
    equal "$sentence: exit code" 0 "$code"
    like "$sentence: $rounds failovers" "failover( +$number){4} +$rounds"$'\n' "$out"
    like "$sentence: $rounds silences" "client silence( +$number){4} +$rounds"$'\n' "$out"
    like "$sentence: nothing lost" 'done [1-9][0-9]* +failed 0 +lost 0 +duplicated 0' "$out"
    like "$sentence: one election a round at least" "by a stop ([$rounds-9]|[1-9][0-9])," "$out"
    if ((code != 0)); then printf '%s\n%s\n' "$out" "$err"; fi
    check_left "$sentence"
}

# All that the script starts knows of the directory where it may write. What was killed may take a moment to be gone.
check_left() {
    wait_until 5 nothing_left || true
    equal "$1: no directory is left" "" "$(find "$TMPDIR" -mindepth 1)"
    equal "$1: no process is left" "" "$(processes_left)"
}
processes_left() { grep -lsaF "TMPDIR=$TMPDIR" /proc/[0-9]*/environ || true; }
nothing_left() { empty_folder "$TMPDIR" && [[ -z $(processes_left) ]]; }

# A client that answers in another way than the real one.
false_client() {
    cat >false-client <<SCRIPT
#!/bin/bash
case " \$* " in *" --keep-going "*) ;; *) exec $(printf %q "$client_program") "\$@" ;; esac
$1
SCRIPT
    chmod +x false-client
}

# check_false_client SENTENCE REGEX SCRIPT [SECONDS]
check_false_client() {
    false_client "$3"
    CP_CLIENT=$cluster_dir/false-client capture "$root/scripts/kill_leader.sh" --false-elections "${4:-1}" --clients 1
    equal "$1: exit code" 1 "$code"
    like "$1: is counted" "$2" "$out"
    check_left "$1"
}

# What the table makes of an invented log: three nodes, the leader of 3 s is killed at 10 s. Times in ms.
table() {
    awk '{ $1 *= 1000; print }' <<<"$1" | awk -v nodes=3 -v signal=KILL -v lost=0 -v duplicated=0 -v quiet="$2" \
        -f "$root/scripts/kill_leader.awk"
}

start='1000 3 leader 3 1.3.1 start
1000 1 leader 3 1.3.1 start
1000 2 leader 3 1.3.1 start
2000 0 begin
3000 1 done a-1-1 1 5.0'
crash='10000 0 strike 3
10001 2 leader 2 2.2.1 leader_lost
10004 1 leader 2 2.2.1 coordinator
10100 1 done a-1-2 1 5.0
10200 0 mend 3
10500 3 leader 2 2.2.1 coordinator'
outbid='20000 1 leader 1 3.1.1 leader_lost'
end='30000 0 end'

check_table() {
    local seen
    seen=$(table "$start"$'\n'"$crash"$'\n'"$end" 0)
    like "a failover lasts until the last survivor follows" 'failover( +4\.0){4} +1'$'\n' "$seen"
    like "the longest silence is that around it" 'client silence( +7100\.0){4} +1'$'\n' "$seen"
    like "the crash explains its election" 'elections +1: by a stop 1, .* false 0' "$seen"

    code=0
    seen=$(table "$start"$'\n'"$outbid"$'\n'"$end" 1) || code=$?
    like "an election that nothing explains is false" 'machine stall 0, false 1'$'\n' "$seen"
    equal "and none may be, when nobody is stopped" 1 "$code"
    seen=$(table "$start"$'\n19999 2 hand_over 1\n'"$outbid"$'\n'"$end" 1)
    like "a hand-over is planned" 'planned 1, machine stall 0, false 0' "$seen"
    seen=$(table "$start"$'\n19500 1 stalled 60\n19500 2 stalled 60\n'"$outbid"$'\n'"20500 3 stalled 60"$'\n'"$end" 1)
    like "when all nodes stood still, it was the machine" 'machine stall 1, false 0' "$seen"
    seen=$(table "$start"$'\n19500 1 stalled 60\n19500 2 stalled 60\n'"$outbid"$'\n'"21500 3 stalled 60"$'\n'"$end" 1) || true
    like "when not all did, it was not" 'machine stall 0, false 1' "$seen"
    seen=$(table "$start"$'\n9000 1 leader 2 2.2.1 x\n9000 2 leader 2 2.2.1 x\n9000 3 leader 2 2.2.1 x\n'"$crash"$'\n'"$end" 0)
    like "a round whose leader had just changed does not count" 'repeated +1 ' "$seen"
}

answer='{"event":"result","command":"upload","path":"x","ok":true,"task":"alice-1-%d","node":3,"epoch":"1.3.1","file":"%s"'
answer+=',"bytes":1,"sha256":"0","millis":1.0,"sends":1,"verified":true}'
file='/dev/null/none'

begin_test kill-leader
mkdir tmp
export TMPDIR=$cluster_dir/tmp CP_NODE=$node_program CP_CLIENT=$client_program

check_table
check_rounds "kill -9" 2
check_rounds "SIGTERM with 5 % loss" 1 --signal TERM --loss 5
check_rounds "SIGSTOP" 1 --signal STOP
capture "$root/scripts/kill_leader.sh" --rounds 1 --signal CUT --clients 2
if [[ $out == *"1 skipped"* ]]; then
    skip_case "a pulled cable: this machine refuses network namespaces"
else
    check_rounds "a pulled cable" 1 --signal CUT
fi

# A machine that keeps a leader from running for a tenth of a second makes an election.
check_quiet() {
    local attempt
    for attempt in 1 2 3; do
        capture "$root/scripts/kill_leader.sh" --false-elections 2 --clients 2
        if [[ $code == 0 && $out == *"elections          0: "* ]]; then break; fi
        printf 'attempt %d was not quiet: %s\n' "$attempt" "$out"
    done
    equal "nobody is stopped: exit code" 0 "$code"
    like "nobody is stopped: no election" 'elections +0: ' "$out"
}

check_quiet
check_false_client "an upload that fails" 'failed [1-9]' \
    'while read -r line; do echo '\''{"event":"result","command":"upload","ok":false,"code":"busy","error":"x"}'\''; done'
# Only when the count has begun: the script waits for answers before.
check_false_client "an upload that is never answered" 'lost 1 ' \
    'until [[ -s ../marks ]]; do read -r line || exit; echo '\''{"event":"result","ok":false}'\''; done; read -r line' 4
check_false_client "a file that is not there" 'lost [1-9]' \
    "while read -r line; do printf '$answer\\n' \$((++i)) $file; done"
check_false_client "a task that is answered twice" 'duplicated [1-9]' \
    "while read -r line; do printf '$answer\\n' 7 $file; done"

# Ctrl-C in the middle: also what is paused just now ends.
check_interrupt() {
    capture timeout -s INT 3 "$root/scripts/kill_leader.sh" --rounds 1000 --signal STOP --busy
    equal "interrupted: exit code" 124 "$code"
    check_left "interrupted"
}

check_interrupt
refuse_namespaces
check_rounds "on loopback" 1 --loss 5
like "it says that it is on loopback, and why" 'refuses network namespaces \(.*not permitted\): on loopback' "$out"
capture "$root/scripts/kill_leader.sh" --rounds 3 --signal CUT
equal "on loopback no cable is pulled, and that is no failure" "0 yes" \
    "$code $([[ $out == *"0 rounds done, 3 skipped"* ]] && echo yes)"
end_test
