#!/usr/bin/env bash
# Three nodes and the client, to play with: in four tmux panes, else in four terminal windows, else the nodes in the
# background with their logs in files and the client in front. Quitting the client stops what this script started.
# Usage: run_local_test.sh [--user NAME] [--terminals tmux|windows|none]
#   --user NAME       who uploads (default alice)
#   --terminals KIND  instead of what is found
# The cluster has a temporary directory, key and ports of its own; pictures are saved in ./images. Each node serves the
# page and the HTTP API; `members` shows where.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=scripts/cluster.sh
source "$root/scripts/cluster.sh"

nodes=(1 2 3)
user=alice
terminals=""
while (($# > 0)); do
    case $1 in
        --user) user=${2:?--user needs a name} && shift ;;
        --terminals) terminals=${2:?--terminals needs tmux, windows or none} && shift ;;
        -h | --help) print_help && exit ;;
        *) usage_error "unknown option $1" ;;
    esac
    shift
done
if [[ -z $terminals ]]; then
    if [[ -t 0 && -t 1 ]] && have tmux; then
        terminals=tmux
    elif [[ -n ${DISPLAY:-} ]] && have x-terminal-emulator; then
        terminals=windows
    else
        terminals=none
    fi
fi

[[ $terminals =~ ^(tmux|windows|none)$ ]] || usage_error "--terminals is tmux, windows or none"

# A server of our own, so that no session of the user's is touched, also from inside one.
tmux_socket=cloudp2p-$$
tmux_do() { env -u TMUX tmux -L "$tmux_socket" -f /dev/null "$@"; }

quoted() { printf '%q ' "$@"; }

# write_runner NAME LINE...: what a terminal shall run. A terminal's environment may not be ours, hence the preface.
write_runner() {
    local name=$1
    shift
    {
        printf 'source %q\nsource %q\n' "$root/scripts/lib.sh" "$root/scripts/cluster.sh"
        printf 'cluster_dir=%q\nshed_environment\n' "$cluster_dir"
        printf 'cd %q\necho $$ >%q\n' "$PWD" "$cluster_dir/$name.pid"
        printf '%s\n' "$@"
    } >"$cluster_dir/$name.run"
}

# write_runners AFTER: AFTER is what the client's terminal does when the client has ended.
write_runners() {
    local id
    for id in "${nodes[@]}"; do
        node_command "$id"
        write_runner "node-$id" "exec $(quoted "${command_line[@]}")"
    done
    # Ctrl-C cancels a command of the client, not its terminal.
    write_runner client 'trap : INT' "$(quoted "${client_line[@]}")" "$1"
}

run_in_tmux() {
    local id
    write_runners "tmux -L $tmux_socket detach-client"
    tmux_do new-session -d -s cluster -x "$(tput cols)" -y "$(tput lines)" bash "$cluster_dir/node-1.run" \; \
        set-option -g remain-on-exit on
    for id in "${nodes[@]:1}"; do tmux_do split-window -t cluster bash "$cluster_dir/node-$id.run"; done
    tmux_do split-window -t cluster bash "$cluster_dir/client.run" \; select-layout tiled
    tmux_do attach-session -t cluster
}

# A terminal program may return at once and open its window through a server: the client's pid file is what counts.
run_in_windows() {
    local name
    write_runners :
    for name in "${nodes[@]/#/node-}" client; do
        x-terminal-emulator -T "CloudP2P $name" -e bash "$cluster_dir/$name.run" >/dev/null 2>&1 &
        disown
    done
    wait_until 20 test -s "$cluster_dir/client.pid" || fail "x-terminal-emulator opened no window"
    printf 'Three nodes and the client have windows of their own; quit the client, or press Ctrl-C here.\n'
    while ! none_alive "$(<"$cluster_dir/client.pid")"; do sleep 0.2; done
}

run_in_front() {
    local id
    for id in "${nodes[@]}"; do start_node "$id"; done
    printf 'The nodes run in the background, their logs are %s\n' "$cluster_dir/node-*.log"
    trap : INT
    "${client_line[@]}"
}

# Nodes in terminals are not our children; their pid files say which they are.
stop_all() {
    local id file
    for id in "${nodes[@]}"; do
        file=$cluster_dir/node-$id.pid
        if [[ -s $file ]]; then node_pids[$id]=$(<"$file"); fi
    done
    end_cluster
    if [[ $terminals == tmux ]]; then
        tmux_do kill-server 2>/dev/null || true
        rm -f "${TMUX_TMPDIR:-/tmp}/tmux-$EUID/$tmux_socket"
    fi
}

"$root/scripts/setup.sh"
build_release node client
begin_cluster local-test
trap stop_all EXIT
# Read by node_command, in cluster.sh.
# shellcheck disable=SC2034
log_format=text
for id in "${nodes[@]}"; do node_http[$id]=auto; done
client_line=("$client_program" "$user" "${network_options[@]}")
case $terminals in
    tmux) run_in_tmux ;;
    windows) run_in_windows ;;
    none) run_in_front ;;
esac
