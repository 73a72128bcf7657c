#!/usr/bin/env bash
# The leader is killed between uploads, while a client sends, and while it works; it is stopped; it comes back; two are
# killed in a row. Every upload ends well, and its bytes were sent once.
# Usage: failover_test.sh [LOSS]
#   LOSS   PERCENT[,SEED] of the received datagrams that nodes and clients lose
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/e2e.sh"

big_bytes=100000000
# Mbit/s. What is to happen while the big file goes there or comes back does so on a busy machine, too: two seconds each.
rate=400

# settled_leader: sets leader.
settled_leader() {
    need "the nodes agree on a leader" agreed_leader
    leader=$(agreed_leader)
}

# replace_leader SIGNAL: sets victim, leader and mark (lines in the victim's log before).
replace_leader() {
    victim=$leader
    mark=$(log_length "$victim")
    fail_over "$1" "$victim" || explain "nobody took over from node $victim within 15 s"
    need "the survivors agree" agreed_leader
    leader=$(agreed_leader)
    pass "node $leader took over $(format_us "$failover_us" MS) ms after SIG$1"
}

# restart_highest: node 3 comes back, and as the highest id leads again once it was steady for a while.
restart_highest() {
    local from
    from=$(log_length 1)
    CLOUDP2P_NETWORK_MAX_RATE=$rate start_node "$victim"
    need "node $victim joins again" has_event 1 member_joined "$from"
    need "a client sees three members" members_alive 3
    need "node 3, the highest id, leads again" agreed_on 3
    leader=3
}

# catch_upload sending|working RATE: the big file is on its way to the leader, which has not begun; or the leader works on it
# or sends its answer. Sets leader. An upload that had got further before we looked is done again, and so is one of a client
# that had not heard of all three nodes, by loss: whoever it was not sent to cannot finish it.
catch_upload() {
    local attempt sentence="an upload is caught while it is $1"
    for attempt in 1 2 3 4; do
        settled_leader
        mark=$(log_length "$leader")
        CLOUDP2P_NETWORK_MAX_RATE=$2 start_upload big.bin
        need "an upload is $1" "is_$1"
        if still "$1"; then
            pass "$sentence"
            return
        fi
        end_upload
        rm -f "$(field file "$result")"
    done
    miss "$sentence" "$attempt times it was over before, or not sent to all"
}
is_sending() { has_line '^  Sending once' upload.err; }
is_sent_to_all() { has_line '^Broadcasting request to 3 servers' upload.err; }
is_working() { has_event "$leader" task_assigned "$mark"; }
still() { is_sent_to_all && { [[ $1 == working ]] || ! is_working; } && ! ended "$uploader"; }

# check_interrupted SENTENCE: of the upload that was running when the leader went.
check_interrupted() {
    end_upload
    equal "$1: exit code" 0 "$code"
    uploaded "$1: once sent, verified" big.bin "$result"
    like "$1: the client says who took over, and that nothing was sent again" \
        "! Leader \(server [0-9]+\) (died|left); server $leader took over, nothing sent again" "$(<upload.err)"
    if ((code == 0)); then rm -f "$(field file "$result")"; fi
}

killed_between_uploads() {
    upload "an upload before" photo.png
    replace_leader KILL
    upload "an upload after kill -9 of the leader" photo.png
    equal "is done by the new leader" "$leader" "$(field node "$result")"
    restart_highest
    upload "an upload after its return" photo.png
    equal "is done by node 3" 3 "$(field node "$result")"
}

killed_while_sending() {
    catch_upload sending "$rate"
    replace_leader KILL
    check_interrupted "kill -9 while the client sends"
    restart_highest
}

killed_while_working() {
    catch_upload working 0
    replace_leader KILL
    check_interrupted "kill -9 while the leader works"
    restart_highest
}

stopped() {
    catch_upload sending "$rate"
    replace_leader TERM
    check_interrupted "SIGTERM while the client sends"
    eventually "the stopped leader logs stopping" has_event "$victim" stopping "$mark"
    eventually "and that it hands over" has_event "$victim" hand_over "$mark"
    equal "the leader hands over to the next" "$leader" "$(field to "$(events "$victim" hand_over "$mark")")"
    upload "an upload after a graceful stop" photo.png
    equal "is done by the new leader" "$leader" "$(field node "$result")"
    restart_highest
}

# Two leaders in a row; the last node finishes alone what all three were sent.
killed_twice() {
    catch_upload sending $((rate / 2))
    replace_leader KILL
    replace_leader KILL
    check_interrupted "kill -9 of two leaders"
    equal "is done by the last one" "$leader" "$(field node "$result")"
}

# The filter is really there: who loses everything finds nobody.
check_filter() {
    CLOUDP2P_TEST_LOSS=100 ask --timeout 1 status
    equal "a client that loses everything finds no cluster" 3 "$code"
}

begin_test failover
"$make_image_program" photo.png
head -c "$big_bytes" /dev/urandom >big.bin
if (($# > 0)); then export CLOUDP2P_TEST_LOSS=$1; fi
CLOUDP2P_NETWORK_MAX_RATE=$rate start_nodes 1 2 3
if (($# > 0)); then check_filter; fi
leader=3
killed_between_uploads
killed_while_sending
killed_while_working
stopped
killed_twice
end_test
