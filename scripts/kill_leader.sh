#!/usr/bin/env bash
# Stops the leader again and again while clients upload without pause: how long the others need, how long a client hears
# nothing, what was lost. Each node is a machine of its own (a network namespace), the clients another one.
# Usage: kill_leader.sh [OPTION...]
#   --rounds N            leaders to stop, each brought back with its id and data (default 5)
#   --signal S            KILL: a crash (default); TERM: a graceful stop; STOP: a pause; CUT: its cable is pulled
#   --loss PERCENT        of all packets, UDP and TCP, lost by every receiver (default 0)
#   --nodes N             (default 3)
#   --clients N           each with an upload at a time (default 3)
#   --pause MS            between the uploads of a client (default 5)
#   --image FILE          what they upload (default: a picture of 256 kB)
#   --dispatch POLICY     leader (default), round-robin or least-loaded
#   --no-crash-link       heartbeats alone tell of a crash
#   --busy                two loops that eat a core each, beside it
#   --false-elections S   stops nobody for S seconds, and counts elections
# Where the machine refuses namespaces it says so and works on loopback: there CUT is skipped, and only UDP is lost.
# Exit 1 if an upload failed, was lost or was answered twice, if nobody took over, or --false-elections saw one.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=scripts/cluster.sh
source "$root/scripts/cluster.sh"
# shellcheck source=scripts/netns.sh
source "$root/scripts/netns.sh"
# shellcheck source=scripts/watch.sh
source "$root/scripts/watch.sh"
# shellcheck source=scripts/load.sh
source "$root/scripts/load.sh"

rounds=5 signal=KILL loss=0 nodes=3 clients=3 pause=5 dispatch=leader crash_link=yes busy=no quiet_seconds=0
image=$root/tests/data/test_image.png
conditions="" # that are not the usual ones
given=("$@")
while (($# > 0)); do
    case $1 in
        --rounds) require_number "$1" "${2:-}" && rounds=$2 && shift ;;
        --nodes) require_number "$1" "${2:-}" && nodes=$2 && shift ;;
        --clients) require_number "$1" "${2:-}" && clients=$2 && shift ;;
        --pause) require_number "$1" "${2:-}" && pause=$2 && shift ;;
        --false-elections) require_number "$1" "${2:-}" && quiet_seconds=$2 && shift ;;
        --loss) loss=${2:-} && shift ;;
        --signal) signal=${2:-} && shift ;;
        --dispatch) dispatch=${2:-} && shift ;;
        --image) image=${2:-} && shift ;;
        --no-crash-link) crash_link=no && conditions+=", no crash link" ;;
        --busy) busy=yes && conditions+=", busy cores" ;;
        -h | --help) print_help && exit ;;
        *) usage_error "unknown option $1" ;;
    esac
    shift
done
[[ $signal =~ ^(KILL|TERM|STOP|CUT)$ ]] || usage_error "--signal is KILL, TERM, STOP or CUT"
[[ $dispatch =~ ^(leader|round-robin|least-loaded)$ ]] || usage_error "--dispatch is leader, round-robin or least-loaded"
[[ $loss =~ ^[0-9]{1,2}$ ]] || usage_error "--loss is a percentage, 0 to 99"
((nodes >= 2)) || usage_error "--nodes is at least 2: somebody must take over"
[[ -f $image && -r $image ]] || fail "cannot read $image"
((pause < 1000)) || usage_error "--pause is below 1000"

patience=60 # seconds for what takes a moment on an idle machine
network="in namespaces"
marks="" # what we did and when, in the form of $watched
victim="" # the leader that is stopped just now
away_pid=""
struck_us=0
done_rounds=0
loss_seed=0 # above 0: of the programs' own loss filter
ids=()
for ((id = 1; id <= nodes; ++id)); do ids+=("$id"); done

# --- the cluster ---------------------------------------------------------------------------------------------

place_cluster() {
    node_options+=(--dispatch "$dispatch")
    if [[ $crash_link == no ]]; then
        printf '[election]\ncrash_link = false\n' >"$cluster_dir/node.toml"
        node_options+=(--config "$cluster_dir/node.toml")
    fi
    if [[ $network != "in namespaces" ]]; then return 0; fi
    put_on_machines "$nodes"
    send_real_frames $((nodes + 1))
}

# Real packets where we may, else what the programs themselves drop of what they receive: each with a seed of its own.
lose() {
    if ((loss == 0)); then return 0; fi
    if [[ $network == "in namespaces" ]]; then
        if have nft && lose_packets "$loss" $((nodes + 1)) 2>"$cluster_dir/nft"; then return 0; fi
        printf 'no loss rules (nft) here: the programs drop datagrams themselves, and no TCP\n'
    fi
    loss_seed=1
}

bring_up() {
    if ((loss_seed > 0)); then export CLOUDP2P_TEST_LOSS=$loss,$((loss_seed++)); fi
    followed[$1]=""
    start_node "$1"
}

stop_all() {
    trap '' INT TERM HUP
    # What is paused does not hear anything else.
    if [[ -n $away_pid ]]; then kill -KILL "$away_pid" 2>/dev/null || true; fi
    if [[ -n $load_dir ]]; then stop_load; fi
    end_cluster
}

# --- a round -------------------------------------------------------------------------------------------------

mark() { printf '%s 0 %s\n' "$@" >>"$marks"; }

# Reads the logs at leisure: who polls takes from those that it watches.
wait_for() {
    local end=$((${EPOCHREALTIME//[!0-9]/} + patience * 1000000))
    until read_logs && "$@"; do
        if ((${EPOCHREALTIME//[!0-9]/} > end)); then return 1; fi
        sleep 0.05
    done
}

all_follow_one() { leader_of_all "${!node_pids[@]}" >/dev/null; }
settled() { all_follow_one && members_alive "$nodes" && read_logs && all_follow_one; }
another_leads() { all_follow_one && [[ $(leader_of_all "${!node_pids[@]}") != "$victim" ]]; }

# The time is taken right before, in this shell; `kill` is a builtin of it.
strike() {
    away_pid=${node_pids[$victim]}
    unset "node_pids[$victim]"
    struck_us=${EPOCHREALTIME//[!0-9]/}
    if [[ $signal == CUT ]]; then pull_cable "$victim"; else kill "-$signal" "$away_pid"; fi
    mark "$struck_us" "strike $victim"
}

mend() {
    case $signal in
        KILL | TERM) stop_within 10 "$away_pid" ;;
    esac
    mark "${EPOCHREALTIME//[!0-9]/}" "mend $victim"
    case $signal in
        KILL | TERM) bring_up "$victim" ;;
        STOP) kill -CONT "$away_pid" ;;
        CUT) plug_cable "$victim" ;;
    esac
    # A node that has just been started is in the list already.
    node_pids[$victim]=${node_pids[$victim]:-$away_pid}
    away_pid=""
}

# One leader stopped and brought back; every client must have got on meanwhile.
run_round() {
    wait_for settled || explain "the $nodes nodes did not settle within $patience s"
    # At any moment between two heartbeats, not always at the same.
    sleep "0.0$((RANDOM % 90 + 10))"
    read_logs
    victim=$(leader_of_all "${ids[@]}") || return 0
    note_answers
    strike
    sleep 0.2 # nobody's core is ours before it is over
    wait_for another_leads || explain "nobody took over from node $victim within $patience s"
    note_answers
    wait_for all_answered_since || explain "a client got no answer within $patience s of the takeover"
    mend
    forget_logs
    if ! led_by_another_before; then done_rounds=$((done_rounds + 1)); fi
    victim=""
}

# A planned change of leaders just before the signal: that was no failover.
led_by_another_before() {
    awk -v struck="$struck_us" -v victim="$victim" '$3 == "leader" && $1 < struck { last[$2] = $4 }
        END { for (id in last) if (last[id] != victim) exit 0; exit 1 }' "$watched"
}

run_rounds() {
    local attempt
    for ((attempt = 0; done_rounds < rounds && attempt < 2 * rounds; ++attempt)); do
        run_round
        if [[ -t 1 ]]; then printf '\rround %d of %d ' "$done_rounds" "$rounds"; fi
    done
    if [[ -t 1 ]]; then printf '\r\033[K'; fi
    wait_for settled || explain "the $nodes nodes did not settle within $patience s"
    ((done_rounds == rounds)) || explain "only $done_rounds of $rounds rounds met a settled leader"
}

be_quiet() {
    local end=$(($(now_us) + quiet_seconds * 1000000))
    while (($(now_us) < end)); do
        sleep 1
        read_logs
        forget_logs
    done
}

# --- the table -----------------------------------------------------------------------------------------------

# count_lines FILE...: of those that are there.
count_lines() { cat "$@" 2>/dev/null | wc -l || true; }

report() {
    local lost=0 duplicated n asked answered
    for ((n = 1; n <= clients; ++n)); do
        asked=$(<"$load_dir/asked-$n") answered=$(count_lines "$load_dir/results-$n")
        lost=$((lost + asked - answered))
    done
    lost=$((lost + $(count_lines "$load_dir"/missing-*)))
    # A task that was answered again, or a file that no answer names.
    duplicated=$(awk '$3 == "done" { print $4 }' "$load_dir"/results-* | sort | uniq -d | wc -l)
    duplicated=$((duplicated + $(find "$load_images" -type f | wc -l)))
    printf '%s, %d nodes %s (%s), %d clients, dispatch %s, loss %d %%%s\n' \
        "$1" "$nodes" "$network" "$priority" "$clients" "$dispatch" "$loss" "$conditions"
    if [[ -s $load_dir/failed ]]; then head -n 3 "$load_dir/failed" >&2; fi
    sort -n -s -k 1,1 "$marks" "$watched" "$load_dir"/results-* |
        awk -v nodes="$nodes" -v signal="$signal" -v lost="$lost" -v duplicated="$duplicated" -v quiet="$quiet_seconds" \
            -f "$root/scripts/kill_leader.awk"
}

run() {
    begin_cluster kill-leader
    trap stop_all EXIT
    marks=$cluster_dir/marks
    place_cluster
    lose
    begin_watch "${ids[@]}"
    for id in "${ids[@]}"; do bring_up "$id"; done
    wait_for settled || explain "the nodes did not find one another within $patience s"
    begin_load "$image" "$clients" "$pause"
    if [[ $busy == yes ]]; then eat_cores 2; fi
    note_answers
    wait_for all_answered_since || explain "a client got no answer within $patience s"
    wait_for settled || explain "the $nodes nodes did not settle within $patience s"
    mark "$(now_us)" begin
    if ((quiet_seconds > 0)); then be_quiet; else run_rounds; fi
    mark "$(now_us)" end
    end_load || explain "a client did not finish"
    read_logs
}

make_programs
if ! enter_network "${given[@]}"; then
    printf 'this machine refuses network namespaces (%s): on loopback, with the loss filter of the programs\n' "$network_refusal"
    network="on loopback"
    if [[ $signal == CUT && $quiet_seconds == 0 ]]; then
        printf 'CUT of the leader: 0 rounds done, %d skipped: a cable needs namespaces\n' "$rounds"
        exit
    fi
fi
run
if ((quiet_seconds > 0)); then report "$quiet_seconds s without a stop"; else report "$signal of the leader"; fi
