# shellcheck shell=bash
# A tool's cluster on the hosts of the bench (tests/bench/hosts.sh), what breaks it: signals, cut cables, loss, busy
# cores; and what its logs say. Sourced after hosts.sh, never run, in namespaces that failover.sh has made.
#
# A tool's adapter is sourced after it, one per subshell, and defines:
#   programs              prints the programs that the tool needs
#   prepare               once per cluster, before the first start_host; files go to $work
#   start_host N          through `launch`
#   who_leads             prints the host that leads, when all hosts have said so; false before
#   agreed_at HOST SINCE  when (us since 1970) the last survivor knew who leads in place of HOST; false when not yet
#   elections FROM TO     how many were held between the two times

: "${here:?set by failover.sh}" "${scratch?set by hosts.sh}"
keep=no # whether the files of all clusters stay; set by failover.sh
hosts=3
tool="" # the present cluster
loads=() # pids of the busy loops

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
    end_hosts
    lose 0 $(seq "$hosts")
    for ((n = 1; n <= hosts; ++n)); do plug_cable "$n"; done
    if [[ $keep == no ]]; then rm -rf "$work"; fi
}

# --- faults --------------------------------------------------------------------------------------------------

# strike CASE HOST. A signal that cannot be caught means the host's whole tool; SIGTERM is for its main process, which
# tells its own.
# shellcheck disable=SC2154 # hosts.sh has daemon
strike() {
    case $1 in
        kill) kill -KILL -- "-${daemon[$2]}" ;;
        stop) kill -STOP -- "-${daemon[$2]}" ;;
        term) kill -TERM "${daemon[$2]}" ;;
        cut) pull_cable "$2" ;;
    esac
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
