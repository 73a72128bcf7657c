# shellcheck shell=bash
# A cluster of real processes on loopback for the scripts: own temporary directory, key, ports and environment; started,
# watched and stopped by pid. Sourced after lib.sh, never run. All options that nodes and clients get stand here.
#
# begin_cluster NAME, then start_node ID; end_cluster (also at exit and on Ctrl-C) stops everything and removes the directory.

: "${root:?set by lib.sh}" "${build:?set by lib.sh}"
# A test of another build tree names its own programs.
node_program=${CP_NODE:-$build/node}
client_program=${CP_CLIENT:-$build/client}
cluster_dir=""
cluster_keep=no # yes: end_cluster leaves all as it is
log_format=json # what the functions below that read logs need
client_netns=""
declare -A node_pids=() node_netns=() # where not here: the network namespace of each
declare -A node_http=()               # where not off: what --http gets
private_fds=()                        # of this shell alone, not for the nodes that it starts

# Before begin_cluster: builds the two programs, unless a test names its own.
make_programs() {
    if [[ -n ${CP_NODE:-} && -n ${CP_CLIENT:-} ]]; then return; fi
    "$root/scripts/setup.sh"
    build_release node client
}

begin_cluster() {
    local port
    cluster_dir=$(mktemp -d "${TMPDIR:-/tmp}/cloudp2p-$1.XXXXXX")
    trap end_cluster EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    shed_environment
    (umask 077 && od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n' >"$cluster_dir/cluster.key")
    mkdir "$cluster_dir/images"
    port=$(free_port_pair)
    network_options=(--key-file "$cluster_dir/cluster.key" --port "$port")
    node_options=("${network_options[@]}" --store "dir:$cluster_dir/store")
    client_options=("${network_options[@]}" --images-dir "$cluster_dir/images")
}

# Nothing that the caller's shell has set for CloudP2P may reach this cluster, and nothing of it the caller's home.
shed_environment() {
    local name
    for name in "${!CLOUDP2P_@}"; do unset "$name"; done
    unset NODE_ID CONFIG_FILE SHARED_DIR BIND API_PORT FIREBASE_BUCKET GOOGLE_APPLICATION_CREDENTIALS RUST_LOG
    export XDG_STATE_HOME=$cluster_dir/state XDG_CONFIG_HOME=$cluster_dir/config
}

# Two neighbouring UDP ports (control, data) that nobody holds, below the range from which the kernel deals.
free_port_pair() {
    local held port attempt
    held=$(cat /proc/net/udp /proc/net/udp6 2>/dev/null | awk '{ sub(/.*:/, "", $2); print $2 }')
    for ((attempt = 0; attempt < 100; ++attempt)); do
        port=$((20000 + RANDOM % 6000 * 2))
        grep -qixE "$(printf '%04X|%04X' "$port" $((port + 1)))" <<<"$held" || break
    done
    printf '%d\n' "$port"
}

node_log() { printf '%s/node-%s.log\n' "$cluster_dir" "$1"; }

# node_command ID: sets command_line.
node_command() {
    command_line=("$node_program" "$1" "${node_options[@]}" --http "${node_http[$1]:-off}" --data-dir "$cluster_dir/node-$1"
        --log-format "$log_format")
    if [[ -n ${node_netns[$1]:-} ]]; then command_line=(nsenter "--net=${node_netns[$1]}" "${command_line[@]}"); fi
}

# A session of its own keeps a Ctrl-C that is meant for the client, or for us, away from the node.
start_node() {
    local log
    log=$(node_log "$1")
    # A killed node may have left half a line.
    if [[ -s $log && -n $(tail -c 1 "$log") ]]; then echo >>"$log"; fi
    node_command "$1"
    (exec_apart "${command_line[@]}") </dev/null >>"$log" 2>&1 &
    node_pids[$1]=$!
    disown # else bash reports every kill
}

exec_apart() {
    close_private_fds
    exec setsid "$@"
}

close_private_fds() {
    local fd
    for fd in "${private_fds[@]}"; do exec {fd}<&-; done
}

# signal_node SIGNAL ID: until it has ended. The node is no longer ours afterwards. Sets signalled_us to the moment right
# before the signal.
signal_node() {
    local pid=${node_pids[$2]}
    unset "node_pids[$2]"
    signalled_us=${EPOCHREALTIME//[!0-9]/}
    kill "-$1" "$pid"
    stop_within 10 "$pid"
}

# stop_within SECONDS PID...: kills what has not ended by then.
stop_within() {
    local pid seconds=$1
    shift
    # A bare return would, in a trap, repeat the status that the trap began with.
    if wait_until "$seconds" none_alive "$@"; then return 0; fi
    for pid in "$@"; do kill -KILL "$pid" 2>/dev/null || true; done
}

# exec_client [COMMAND [ARG...]]: becomes the client; for subshells whose pid shall be the client's.
exec_client() {
    local place=()
    if [[ -n $client_netns ]]; then place=(nsenter "--net=$client_netns"); fi
    exec "${place[@]}" "$client_program" alice "${client_options[@]}" "$@"
}
run_client() { (exec_client "$@"); }

# upload_and_compare IMAGE: decrypts what comes back, and compares it byte for byte; sets result to the client's answer.
upload_and_compare() {
    local encrypted
    result=$(run_client --json upload "$1" 2>>"$cluster_dir/client.log") ||
        explain "upload of $1 failed: $(field error "$result")"
    encrypted=$(field file "$result")
    run_client decrypt "$encrypted" -o "$cluster_dir/decrypted" >>"$cluster_dir/client.log" 2>&1 ||
        explain "decrypt of $encrypted failed: $(tail -n 1 "$cluster_dir/client.log")"
    cmp -s "$1" "$cluster_dir/decrypted" || explain "$1 came back changed"
    rm "$cluster_dir/decrypted"
}

# Ids of the running nodes, lowest first.
live_nodes() { printf '%s\n' "${!node_pids[@]}" | sort -n; }

end_cluster() {
    local pid pids=("${node_pids[@]}")
    trap '' INT TERM HUP
    if [[ -z $cluster_dir || $cluster_keep == yes ]]; then return 0; fi
    for pid in "${pids[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
    stop_within 5 "${pids[@]}"
    rm -rf "$cluster_dir"
}

none_alive() {
    local pid
    for pid in "$@"; do if kill -0 "$pid" 2>/dev/null; then return 1; fi; done
}

# wait_until SECONDS COMMAND...: looks every 20 ms (or wait_step seconds); false when the time is over.
wait_until() {
    local end=$(($(now_us) + $1 * 1000000))
    shift
    until "$@"; do
        if (($(now_us) > end)); then return 1; fi
        sleep "${wait_step:-0.02}"
    done
}

# field KEY OBJECT: the first value of KEY in one line of JSON, a string without its quotes; empty when absent.
field() {
    local value
    if [[ ! $2 =~ \"$1\":\ *(\"(([^\"\\]|\\.)*)\"|([^],\}]*)) ]]; then return 0; fi
    value=${BASH_REMATCH[2]}${BASH_REMATCH[4]}
    value=${value//\\\"/\"}
    value=${value//\\\//\/}
    printf '%s\n' "${value//\\\\/\\}"
}

# events ID NAME [FROM]: lines of that event in a node's log, from line FROM + 1 on.
events() { tail -n "+$((${3:-0} + 1))" "$(node_log "$1")" | grep -E "\"event\": *\"$2\"" || true; }

log_length() { wc -l <"$(node_log "$1")"; }

# The leader by the latest word of one node; "null" when lost, empty when it has not known any since its start.
leader_by() { field leader "$(events "$1" 'started|leader_changed' | tail -n 1)"; }

# Prints the leader when all running nodes name the same running one.
agreed_leader() {
    local id named leader=""
    for id in "${!node_pids[@]}"; do
        named=$(leader_by "$id")
        if [[ ! $named =~ ^[0-9]+$ || (-n $leader && $named != "$leader") ]]; then return 1; fi
        leader=$named
    done
    if [[ -z ${node_pids[$leader]:-} ]]; then return 1; fi
    printf '%s\n' "$leader"
}

agreed_on() { [[ $(agreed_leader) == "$1" ]]; }

# members_alive COUNT: as a client sees it, with a leader.
members_alive() {
    local status
    status=$(run_client --json --timeout 2 status 2>/dev/null) || return 1
    (($(grep -oE '"state": *"alive"' <<<"$status" | wc -l) == $1)) && [[ $(field leader "$status") =~ ^[0-9]+$ ]]
}

# agreement_after ID VICTIM FROM: when (us since 1970) this node adopted a leader other than VICTIM, by its log from
# line FROM + 1 on; false when it has not yet.
agreement_after() {
    local line leader
    while read -r line; do
        leader=$(field leader "$line")
        if [[ $leader =~ ^[0-9]+$ && $leader != "$2" ]]; then
            date -u -d "$(field time "$line")" +%s%6N
            return
        fi
    done < <(events "$1" leader_changed "$3")
    return 1
}

# fail_over SIGNAL VICTIM: signals the leader and waits until all others have adopted another one; sets failover_us to the
# time from the signal to the last of them (below 0: the leader had changed by itself just before).
fail_over() {
    local id adopted last=0
    local -A seen=()
    for id in "${!node_pids[@]}"; do seen[$id]=$(log_length "$id"); done
    signal_node "$1" "$2"
    for id in "${!node_pids[@]}"; do
        wait_until 15 agreement_after "$id" "$2" "${seen[$id]}" >/dev/null || return 1
        adopted=$(agreement_after "$id" "$2" "${seen[$id]}")
        if ((adopted > last)); then last=$adopted; fi
    done
    # Read by whoever sourced this file.
    # shellcheck disable=SC2034
    failover_us=$((last - signalled_us))
}

# explain WHAT: why a wait ended badly, with the end of every node's log, and exit 1.
explain() {
    local id
    printf '%s: %s\n' "${0##*/}" "$1" >&2
    for id in $(live_nodes); do
        printf -- '--- node %s, the last lines of its log\n' "$id" >&2
        tail -n 8 "$(node_log "$id")" >&2
    done
    exit 1
}
