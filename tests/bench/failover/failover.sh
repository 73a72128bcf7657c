#!/usr/bin/env bash
# Failover of our cluster beside keepalived, etcd, serf and corosync: the same hosts (network namespaces made here), the
# same faults, the same clock, one run. See README.md for what is measured. Nothing leaves this machine.
# Usage: failover.sh [--install] [--peers LIST] [--rounds N] [--cases LIST] [--loss LIST] [--busy] [--idle]
#   --install          fetch the peers' Debian packages and unpack them under build/bench-peers; installs nothing
#   --peers LIST       beside ours (default keepalived,etcd,serf,corosync); none: ours alone
#   --rounds N         per tool, case and condition (default 10)
#   --cases LIST       what befalls the leader: kill (kill -9), term, stop, cut (its cable) (default all four); none
#   --loss LIST        percent of frames lost at each receiver (default 0,5,20)
#   --busy             also with all cores busy, at no loss
#   --false SECONDS    count elections without a fault for so long, in each condition (default 60; 0: do not)
#   --false-loss LIST  the conditions of --false (default: as --loss)
#   --idle             also count frames per second at 3 and 10 nodes
#   --rootless         a user namespace even for root: then the scheduler grants nobody real time
#   --keep             leave the logs of every round in build/bench-peers/run
# Prints tables; the rounds go to build/bench-peers/rounds.csv, the logs of those without a takeover to build/bench-peers/never.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/bench/hosts.sh
source "$here/../hosts.sh"
# shellcheck source=tests/bench/failover/lab.sh
source "$here/lab.sh"

rounds_file=$prefix/rounds.csv # tool,case,loss,busy,us | tool,false,loss,busy,count,seconds | tool,idle,nodes,frames per second
packages=(keepalived etcd-server serf corosync)

install=no busy=no idle=no rootless=no
peers=keepalived,etcd,serf,corosync
rounds=10
cases=kill,term,stop,cut
losses=0,5,20
false_losses=""
false_seconds=60

parse_options() {
    while (($# > 0)); do
        case $1 in
            --install) install=yes ;;
            --peers) peers=${2:-} && shift ;;
            --rounds) require_number "$1" "${2:-}" && rounds=$2 && shift ;;
            --cases) cases=${2:-} && shift ;;
            --loss) losses=${2:-} && shift ;;
            --false) false_seconds=${2:-} && shift ;;
            --false-loss) false_losses=${2:-} && shift ;;
            --busy) busy=yes ;;
            --idle) idle=yes ;;
            --rootless) rootless=yes ;;
            --keep) keep=yes ;;
            -h | --help) print_help && exit ;;
            *) usage_error "unknown option $1" ;;
        esac
        shift
    done
    false_losses=${false_losses:-$losses}
    require_list --peers "$peers" 'none|keepalived|etcd|serf|corosync'
    require_list --cases "$cases" 'none|kill|term|stop|cut'
    require_list --loss "$losses" '[0-9]{1,2}'
    require_list --false-loss "$false_losses" '[0-9]{1,2}'
    [[ $false_seconds =~ ^[0-9]{1,5}$ ]] || usage_error "--false needs a number of seconds, not '$false_seconds'"
}

# What is to be run: ours in its variants, then the peers whose programs are there.
choose_tools() {
    local name program
    tools=(ours ours-nolink ours-fastest)
    for name in $(words "$peers"); do tools+=("$name"); done
    if [[ " ${tools[*]} " == *" corosync "* ]]; then tools+=(corosync-100); fi
    for name in "${tools[@]}"; do
        program=$(load_adapter "$name" && programs)
        [[ -x $program ]] || fail "$program is missing$([[ $name == ours* ]] || echo ': run with --install')"
    done
}

# record FIELD...: a row of rounds.csv, shown as it comes.
record() {
    (IFS=, && printf '%s\n' "$*" >>"$rounds_file")
    if [[ -t 2 ]]; then printf '\r\033[K%s ' "$*" >&2; else printf '%s\n' "$*" >&2; fi
}

# set_condition LOSS LOAD: on a cluster that has its leader; nobody is asked to start under loss.
set_condition() {
    if (($1 > 0)); then lose "$1" $(seq "$hosts"); fi
    if [[ $2 == busy ]]; then be_busy $((false_seconds + 60)); fi
    if [[ "$1 $2" != "0 calm" ]]; then sleep 1; fi
}

# One fault on a fresh cluster. "never": nobody took over within 15 s; "none": there was no leader to strike.
round() {
    local tool=$1 case=$2 loss=$3 load=$4 victim begin at outcome=none
    if begin_tool "$tool" 3 && set_condition "$loss" "$load" && wait_until 5 who_leads >/dev/null && victim=$(who_leads); then
        begin=$(now_us)
        strike "$case" "$victim"
        # When it happened is in the logs; looking for it must not take the time of those that write them.
        sleep 0.5
        while ! at=$(agreed_at "$victim" "$begin") && (($(now_us) < begin + 15000000)); do sleep 0.25; done
        outcome=${at:+$((at - begin))}
        # Without loss somebody should have: the logs tell why.
        if [[ -z $outcome ]]; then
            mkdir -p "$prefix/never/${work##*/}"
            cp "$work"/*.log "$prefix/never/${work##*/}"
            echo "$case of $victim at $begin" >"$prefix/never/${work##*/}/fault"
        fi
    fi
    record "$tool" "$case" "$loss" "$load" "${outcome:-never}"
}

count_false_elections() {
    local tool=$1 loss=$2 load=$3 begin count=none
    if begin_tool "$tool" 3; then
        set_condition "$loss" "$load"
        begin=$(now_us)
        sleep "$false_seconds"
        count=$(elections "$begin" "$(now_us)")
    fi
    record "$tool" false "$loss" "$load" "$count" "$false_seconds"
}

count_idle_frames() {
    local tool=$1 nodes=$2 before frames=none
    if begin_tool "$tool" "$nodes"; then
        sleep 2
        before=$(frames_sent)
        sleep 10
        frames=$((($(frames_sent) - before) / 10))
    fi
    record "$tool" idle "$nodes" "$frames"
}

# Each tool in turn within each round, in a subshell each: whatever else the machine does hits all of them.
run_rounds() {
    local loss=$1 load=$2 case tool n
    for case in $(words "$cases"); do
        for ((n = 1; n <= rounds; ++n)); do
            for tool in "${tools[@]}"; do (round "$tool" "$case" "$loss" "$load"); done
        done
    done
}

run_all() {
    local loss tool nodes
    for loss in $(words "$losses"); do run_rounds "$loss" calm; done
    if [[ $busy == yes ]]; then run_rounds 0 busy; fi
    if ((false_seconds > 0)); then
        for tool in "${tools[@]}"; do
            for loss in $(words "$false_losses"); do (count_false_elections "$tool" "$loss" calm); done
            if [[ $busy == yes ]]; then (count_false_elections "$tool" 0 busy); fi
        done
    fi
    if [[ $idle == yes ]]; then
        for nodes in 3 10; do
            for tool in "${tools[@]}"; do (count_idle_frames "$tool" "$nodes"); done
        done
    fi
}

parse_options "$@"
if [[ ${CP_BENCH:-} != inside ]]; then
    if [[ $install == yes ]]; then fetch_packages "${packages[@]}"; fi
    mkdir -p "$prefix"
    choose_tools
    enter_namespaces "$rootless" "$@"
fi
choose_tools
choose_reader
scratch=$(mktemp -d "${TMPDIR:-/tmp}/cloudp2p-bench.XXXXXX")
if [[ $keep == yes ]]; then
    rmdir "$scratch"
    scratch=$prefix/run
    rm -rf "$scratch"
    mkdir "$scratch"
fi
# Data of all tools in memory. (Without --keep, the mount ends with our namespace.)
if [[ $keep == no ]]; then mount -t tmpfs tmpfs "$scratch"; fi
trap 'umount "$scratch" 2>/dev/null && rmdir "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
lay_hosts 10
: >"$rounds_file"
run_all
if [[ -t 2 ]]; then printf '\r\033[K' >&2; fi
printf '%s, %d cores (load of the last 15 minutes %s), Linux %s, real-time scheduling %s, %d rounds\n' \
    "$(date -u +%F)" "$(nproc)" "$(cut -d ' ' -f 3 /proc/loadavg)" "$(uname -r)" "$realtime" "$rounds"
"$here/report.sh" "$rounds_file"
