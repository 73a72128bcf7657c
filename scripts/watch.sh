# shellcheck shell=bash
# The nodes' logs, read while they are written, without a process of its own: what a script does while a cluster fails over
# is part of what it measures. Sourced after cluster.sh, never run. Needs the `time` of the logs and EPOCHREALTIME to be
# one clock; does not notice when somebody sets it.
#
# begin_watch ID..., then read_logs now and then. It sets followed[ID] to the leader by the latest word of that node (empty:
# none) and appends to $watched, one a line with the time in us since 1970:
#   TIME NODE leader LEADER EPOCH REASON       TIME NODE hand_over TO       TIME NODE stalled MILLIS

: "${cluster_dir?set by cluster.sh}"
declare -A followed=() log_fds=() half_lines=() log_bytes=() midnights=()
watched=""
priority="" # of the nodes, by their own word

begin_watch() {
    local id fd
    watched=$cluster_dir/watched
    : >"$watched"
    for id in "$@"; do
        : >>"$(node_log "$id")"
        exec {fd}<"$(node_log "$id")"
        private_fds+=("$fd")
        log_fds[$id]=$fd followed[$id]="" half_lines[$id]="" log_bytes[$id]=0
    done
}

read_logs() {
    local LC_ALL=C id line
    for id in "${!log_fds[@]}"; do
        while IFS= read -r -u "${log_fds[$id]}" line; do
            read_log_line "$id" "${half_lines[$id]}$line"
            half_lines[$id]=""
            log_bytes[$id]=$((log_bytes[$id] + ${#line} + 1))
        done
        half_lines[$id]+=$line
        log_bytes[$id]=$((log_bytes[$id] + ${#line}))
    done
}

# Most lines are about tasks.
read_log_line() {
    case $2 in
        *'"event":"leader_changed"'*)
            [[ $2 =~ \"leader\":([0-9]+|null),\"epoch\":\"([^\"]*)\",\"reason\":\"([^\"]*)\" ]] || return 0
            local words="${BASH_REMATCH[1]} ${BASH_REMATCH[2]} ${BASH_REMATCH[3]:--}"
            followed[$1]=${BASH_REMATCH[1]#null}
            remember "$2" "$1 leader $words"
            ;;
        *'"event":"hand_over"'*)
            if [[ $2 =~ \"to\":([0-9]+) ]]; then remember "$2" "$1 hand_over ${BASH_REMATCH[1]}"; fi
            ;;
        *'"event":"stalled"'*)
            if [[ $2 =~ \"millis\":([0-9]+) ]]; then remember "$2" "$1 stalled ${BASH_REMATCH[1]}"; fi
            ;;
        *'"event":"started"'*)
            # Read by those who source this.
            # shellcheck disable=SC2034
            if [[ $2 =~ \"priority\":\"([^\"]*)\" ]]; then priority=${BASH_REMATCH[1]}; fi
            ;;
    esac
}

# remember LINE WORDS: with the time of that line of a log; sets event_us.
remember() {
    [[ $1 =~ \"time\":\"([0-9-]+)T(..):(..):(..)\.([0-9]{6})Z\" ]] || return 0
    local day=${BASH_REMATCH[1]}
    local seconds=$((10#${BASH_REMATCH[2]} * 3600 + 10#${BASH_REMATCH[3]} * 60 + 10#${BASH_REMATCH[4]}))
    local us=$((10#${BASH_REMATCH[5]}))
    if [[ -z ${midnights[$day]:-} ]]; then midnights[$day]=$(date -u -d "$day" +%s); fi
    event_us=$(((midnights[$day] + seconds) * 1000000 + us))
    printf '%s %s\n' "$event_us" "$2" >>"$watched"
}

# Prints the leader that all of these nodes follow, if it is one.
leader_of_all() {
    local id leader=${followed[$1]}
    for id in "$@"; do
        if [[ -z $leader || ${followed[$id]} != "$leader" ]]; then return 1; fi
    done
    printf '%s\n' "$leader"
}

# Gives the disk back what has been read of the logs, where the file system can. Not their size: they keep their offsets.
forget_logs() {
    local id
    for id in "${!log_fds[@]}"; do
        if ((log_bytes[$id] < 1000000)); then continue; fi
        fallocate --punch-hole --offset 0 --length $((log_bytes[$id] / 4096 * 4096)) "$(node_log "$id")" 2>/dev/null || true
    done
}
