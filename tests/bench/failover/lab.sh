# shellcheck shell=bash
# The hosts of the bench (machines of scripts/netns.sh), a tool's cluster on them, what breaks it: signals, cut cables,
# loss, busy cores; and the one clock by which all tools are read. Sourced after cluster.sh and netns.sh, never run, in
# namespaces that failover.sh has made.
#
# A tool's adapter is sourced after it, one per subshell, and defines:
#   programs              prints the programs that the tool needs
#   prepare               once per cluster, before the first start_host; files go to $work
#   start_host N          through `launch`
#   who_leads             prints the host that leads, when all hosts have said so; false before
#   agreed_at HOST SINCE  when (us since 1970) the last survivor knew who leads in place of HOST; false when not yet
#   elections FROM TO     how many were held between the two times

: "${here:?set by failover.sh}"
# Of the whole run: where the clusters keep their files, and whether they stay; set by failover.sh.
scratch=""
keep=no
hosts=3
tool="" # the present cluster, and its files
work=""
declare -A daemon=() # host -> leader of its process group
loads=() # pids of the busy loops

# --- hosts ---------------------------------------------------------------------------------------------------

# lay_hosts COUNT: machines of scripts/netns.sh. Without IPv6, whose neighbour discovery would count as idle traffic.
lay_hosts() {
    local n
    lay_cables "$1"
    send_real_frames "$1"
    for ((n = 1; n <= $1; ++n)); do
        # shellcheck disable=SC2016 # for the inner shell
        on_machine "$n" sh -c 'for file in /proc/sys/net/ipv6/conf/*/disable_ipv6; do echo 1 >"$file"; done' 2>/dev/null || true
    done
}

# Where the scheduler allows it, the reader of the logs comes before all that is measured: its delay is nobody's.
# shellcheck disable=SC2034 # realtime is for the headline
choose_reader() {
    # shellcheck disable=SC2016 # perl's $
    reader=(perl -MTime::HiRes=time -ne 'BEGIN { $| = 1 } printf "%d %s", time * 1e6, $_')
    realtime=refused
    if chrt -f 60 true 2>/dev/null; then
        realtime=granted
        reader=(chrt -f 60 "${reader[@]}")
    fi
}

log_of() { printf '%s/h%s.log\n' "$work" "$1"; }

# stamp_into FILE: standard input, each line with the time (us since 1970) at which it came.
stamp_into() { exec "${reader[@]}" >>"$1"; }

# launch N COMMAND...: on host N, with a name, a /run and shared memory of its own (some tools allow one of them per
# machine, or leave files there). What it says goes, stamped, to its log.
launch() {
    local n=$1
    shift
    # shellcheck disable=SC2016 # for the inner shell
    setsid nsenter "--net=$(netns_of "$n")" unshare -mu sh -c \
        'mount -t tmpfs tmpfs /run && mount -t tmpfs tmpfs /dev/shm && hostname "$0" && exec "$@"' "h$n" "$@" \
        </dev/null > >(stamp_into "$(log_of "$n")") 2>&1 &
    daemon[$n]=$!
    disown
}

# --- one cluster ---------------------------------------------------------------------------------------------

# begin_tool TOOL HOSTS: starts a cluster and waits until it has a leader.
begin_tool() {
    local n
    tool=$1 hosts=$2
    work=$(mktemp -d "$scratch/$tool.XXXXXX")
    trap end_tool EXIT
    load_adapter "$tool"
    prepare
    for ((n = 1; n <= hosts; ++n)); do : >"$(log_of "$n")"; done
    for ((n = 1; n <= hosts; ++n)); do start_host "$n"; done
    wait_until 30 who_leads >/dev/null || return 1
    # What happens just after an election (first probes, links between members) is over, and the fault meets the beat
    # of the heartbeats at any place.
    sleep "1.$((RANDOM % 900 + 100))"
}

# The variant after a dash is the adapter's own business.
load_adapter() {
    # shellcheck source=/dev/null
    source "$here/${1%%-*}.sh"
}

end_tool() {
    local n
    trap '' INT TERM HUP
    be_idle
    for n in "${!daemon[@]}"; do kill -KILL -- "-${daemon[$n]}" 2>/dev/null || true; done
    lose 0
    for ((n = 1; n <= hosts; ++n)); do plug_cable "$n"; done
    wait_until 5 none_alive "${daemon[@]}" || true
    if [[ $keep == no ]]; then rm -rf "$work"; fi
}

# --- faults --------------------------------------------------------------------------------------------------

# strike CASE HOST. A signal that cannot be caught means the host's whole tool; SIGTERM is for its main process, which
# tells its own.
strike() {
    case $1 in
        kill) kill -KILL -- "-${daemon[$2]}" ;;
        stop) kill -STOP -- "-${daemon[$2]}" ;;
        term) kill -TERM "${daemon[$2]}" ;;
        cut) pull_cable "$2" ;;
    esac
}

# lose PERCENT: of all frames that arrive at a host, whatever they carry.
lose() {
    local n
    for ((n = 1; n <= hosts; ++n)); do
        on_machine "$n" nft -f - <<RULES
table netdev loss
delete table netdev loss
table netdev loss {
    chain arriving {
        type filter hook ingress device eth0 priority 0;
        $( (($1 == 0)) || printf 'numgen random mod 100 < %d drop\n' "$1")
    }
}
RULES
    done
}

# be_busy SECONDS: as many loops as cores, which end by then should nobody end them.
be_busy() {
    local n
    for ((n = $(nproc); n > 0; --n)); do
        timeout "$1" sh -c 'while :; do :; done' </dev/null >/dev/null 2>&1 &
        loads+=($!)
    done
}

be_idle() {
    local pid
    for pid in "${loads[@]}"; do kill "$pid" 2>/dev/null || true; done
    loads=()
}

# --- what the logs say ---------------------------------------------------------------------------------------

# last_of FUNCTION HOST SINCE: the latest time that FUNCTION N HOST SINCE prints for any survivor N of HOST; false as
# long as it prints none for one of them.
last_of() {
    local n at last=0
    for ((n = 1; n <= hosts; ++n)); do
        if ((n == $2)); then continue; fi
        at=$("$1" "$n" "$2" "$3")
        if [[ -z $at ]]; then return 1; fi
        if ((at > last)); then last=$at; fi
    done
    printf '%s\n' "$last"
}

# all_say FUNCTION: the one host that FUNCTION N prints for every host N.
all_say() {
    local n said leader=""
    for ((n = 1; n <= hosts; ++n)); do
        said=$("$1" "$n")
        if [[ -z $said || (-n $leader && $said != "$leader") ]]; then return 1; fi
        leader=$said
    done
    printf '%s\n' "$leader"
}

# frames_sent: by all hosts until now. The row of pN counts from the bridge's side.
frames_sent() { awk '$1 ~ /^p[0-9]+:/ { sum += $3 } END { print sum }' /proc/net/dev; }
