#!/usr/bin/env bash
# Uploads end to end, from the command to the verified file, on three nodes: real node and client programs, beside two
# chains of other people's programs that do a part of it. See README.md for what is measured. Nothing leaves this machine.
# Usage: upload.sh [--install] [--chains LIST] [--beds LIST] [--sizes LIST] [--clients LIST] [--rounds N] [--plot FILE]
#   --install       fetch the chains' Debian packages and unpack them under build/bench-peers; installs nothing
#   --chains LIST   beside ours: uftp, http (default both); none: ours alone
#   --beds LIST     loopback: all on one host; bridge: a host each (network namespaces made here) (default both)
#   --sizes LIST    MB, one client (default 0.1,1,5,20,100)
#   --clients LIST  at once, with files of 1 MB each (default 1,4,16,64)
#   --rounds N      uploads of each client (default 10)
#   --plot FILE     of one client's p50 by size (default build/bench-peers/upload.svg)
# Prints tables; the rows go to build/bench-peers/upload.csv. CP_NODE and CP_CLIENT name another build's programs.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/bench/hosts.sh
source "$here/../hosts.sh"

results=$prefix/upload.csv 
# tool,bed,size,clients,uploads,failed,p50 us,p99 us,us of all,CPU us of clients,CPU us of servers,most KiB of a server
plot=$prefix/upload.svg
packages=(uftp nginx)
install=no
chains=uftp,http
beds=loopback,bridge
sizes=0.1,1,5,20,100
client_counts=1,4,16,64
rounds=10
bed=loopback tool=ours scratch=""
server_pids=()

# shellcheck source=tests/bench/upload/chains.sh
source "$here/chains.sh"

parse_options() {
    while (($# > 0)); do
        case $1 in
            --install) install=yes ;;
            --chains) chains=${2:-} && shift ;;
            --beds) beds=${2:-} && shift ;;
            --sizes) sizes=${2:-} && shift ;;
            --clients) client_counts=${2:-} && shift ;;
            --plot) plot=${2:-} && shift ;;
            --rounds) require_number "$1" "${2:-}" && rounds=$2 && shift ;;
            -h | --help) print_help && exit ;;
            *) usage_error "unknown option $1" ;;
        esac
        shift
    done
    [[ -n $plot ]] || usage_error "--plot needs a file"
    require_list --chains "$chains" 'none|uftp|http'
    require_list --beds "$beds" 'loopback|bridge'
    require_list --sizes "$sizes" 'none|[0-9]+(\.[0-9])?'
    require_list --clients "$client_counts" 'none|[1-9][0-9]{0,2}'
}

# --- what all tools share ------------------------------------------------------------------------------------

file_of() { printf '%s/file-%s\n' "$scratch" "$1"; }

make_file() {
    if [[ ! -e $(file_of "$1") ]]; then
        head -c "$(awk -v mb="$1" 'BEGIN { printf "%d", mb * 1e6 }')" /dev/urandom >"$(file_of "$1")"
    fi
}

# netns_for N: where host N of this bed is. Host 4 has the clients.
netns_for() {
    if [[ $bed == bridge ]]; then netns_of "$1"; else echo /proc/self/ns/net; fi
}

# cpu_of_processes PID...: us that they have used.
cpu_of_processes() {
    local pid
    for pid in "$@"; do cat "/proc/$pid/stat" 2>/dev/null || true; done |
        awk -v hz="$(getconf CLK_TCK)" '{ sub(/.*\) /, ""); sum += $12 + $13 } END { printf "%d\n", sum * 1e6 / hz }'
}
# cpu_of_children PID: us of all that it has waited for.
cpu_of_children() {
    awk -v hz="$(getconf CLK_TCK)" '{ sub(/.*\) /, ""); printf "%d\n", ($14 + $15) * 1e6 / hz }' "/proc/$1/stat"
}

# What the kernel calls peak begins anew.
forget_peaks() {
    local pid
    for pid in "$@"; do { echo 5 >"/proc/$pid/clear_refs"; } 2>/dev/null || true; done
}
# peak_of PID...: KiB that one of them had at most, without program and libraries.
peak_of() {
    local pid
    for pid in "$@"; do
        awk '/^VmHWM:/ { peak = $2 } /^RssFile:/ { file = $2 } END { print peak - file }' "/proc/$pid/status" 2>/dev/null || true
    done | sort -n | tail -n 1
}

# measure SIZE CLIENTS: a session each, all at once; a row of results. A session writes "END_US MILLIS" for each upload
# to its file, or "END_US failed"; the first of each is to find the others, and not counted.
measure() {
    local size=$1 clients=$2 n pids=() cpu_clients cpu_servers self=$BASHPID
    make_file "$size"
    rm -f "$scratch"/session-*
    forget_peaks "${server_pids[@]}"
    cpu_servers=$(cpu_of_processes "${server_pids[@]}")
    cpu_clients=$(cpu_of_children "$self")
    for ((n = 1; n <= clients; ++n)); do
        "session_$tool" "$(file_of "$size")" "$n" >"$scratch/session-$n" 2>"$scratch/session-$n.errors" &
        pids+=($!)
    done
    wait "${pids[@]}" || true
    cpu_servers=$(($(cpu_of_processes "${server_pids[@]}") - cpu_servers))
    cpu_clients=$(($(cpu_of_children "$self") - cpu_clients))
    record "$tool" "$bed" "$size" "$clients" "$(sum_up "$clients")" "$cpu_clients" "$cpu_servers" "$(peak_of "${server_pids[@]}")"
}

# sum_up CLIENTS: uploads,failed,p50,p99,us of all. "All" begins with the first upload that counts.
sum_up() {
    local n
    for ((n = 1; n <= $1; ++n)); do tail -n +2 "$scratch/session-$n"; done | sort -n -k 2 | awk -v wanted=$(($1 * rounds)) '
        $2 ~ /^[0-9.]+$/ {
            took[++n] = $2 * 1000
            if (!begin || $1 - took[n] < begin) begin = $1 - took[n]
            if ($1 > end) end = $1
        }
        function rank(share,    k) { k = int(n * share); if (k < n * share || !k) ++k; return took[k] }
        END { printf "%d,%d,%d,%d,%d\n", n, wanted - n, n ? rank(0.5) : 0, n ? rank(0.99) : 0, end - begin }'
}

record() {
    (IFS=, && printf '%s\n' "$*" >>"$results")
    if [[ -t 2 ]]; then printf '\r\033[K%s ' "$*" >&2; else printf '%s\n' "$*" >&2; fi
}

# --- ours ----------------------------------------------------------------------------------------------------

begin_ours() {
    local n
    begin_cluster upload-bench
    if [[ $bed == bridge ]]; then
        for n in 1 2 3; do node_netns[$n]=$(netns_of "$n"); done
        client_netns=$(netns_of 4)
        node_options+=(--interface eth0)
        client_options+=(--interface eth0)
    fi
    for n in 1 2 3; do start_node "$n"; done
    wait_until 20 agreed_on 3 || explain "the cluster found no leader"
    # shellcheck disable=SC2034 # read by measure
    server_pids=("${node_pids[@]}")
}

# The time is the client's own: from the command being read to the verified file in its place.
session_ours() {
    local n
    client_options+=(--images-dir "$scratch/images-$2")
    for ((n = 0; n <= rounds; ++n)); do printf 'upload %s\n' "$1"; done >"$scratch/commands-$2"
    run_client --json --quiet --keep-going --any-file --timeout 60 <"$scratch/commands-$2" |
        perl -MTime::HiRes=time -ne 'printf "%d %s\n", time * 1e6, /"millis":([0-9.]+).*"verified":true/ ? $1 : "failed"'
    rm -rf "$scratch/images-$2"
}

end_ours() { end_cluster; }

# --- all -----------------------------------------------------------------------------------------------------

run_tool() {
    local size clients
    "begin_$tool"
    for size in $(words "$sizes"); do measure "$size" 1; done
    for clients in $(words "$client_counts"); do measure 1 "$clients"; done
    "end_$tool"
}

choose_tools() {
    local name
    tools=(ours)
    for name in $(words "$chains"); do
        tools+=("$name")
        [[ -x $("program_$name") ]] || fail "$("program_$name") is missing: run with --install"
    done
    for name in "$node_program" "$client_program"; do [[ -x $name ]] || fail "$name is missing: scripts/bench.sh builds it"; done
}

parse_options "$@"
if [[ ${CP_BENCH:-} != inside ]]; then
    if [[ $install == yes ]]; then fetch_packages "${packages[@]}"; fi
    mkdir -p "$prefix"
    choose_tools
    enter_namespaces no "$@"
fi
choose_tools
choose_reader
scratch=$(mktemp -d "${TMPDIR:-/tmp}/cloudp2p-bench.XXXXXX")
mount -t tmpfs tmpfs "$scratch"
trap 'umount /etc/hosts "$scratch" 2>/dev/null && rmdir "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
export TMPDIR=$scratch
lay_hosts 4
merge_arrivals 4
ip link set lo up
name_hosts 4
: >"$results"
for bed in $(words "$beds"); do
    for tool in "${tools[@]}"; do
        # Three daemons of UFTP cannot share one host's port.
        if [[ $tool == uftp && $bed == loopback ]]; then continue; fi
        (run_tool) || printf '%s on %s: failed\n' "$tool" "$bed" >&2
    done
done
if [[ -t 2 ]]; then printf '\r\033[K' >&2; fi
printf '%s, %d cores (load of the last 15 minutes %s), Linux %s, %d uploads a client\n' \
    "$(date -u +%F)" "$(nproc)" "$(cut -d ' ' -f 3 /proc/loadavg)" "$(uname -r)" "$rounds"
"$here/report.sh" "$results" "$plot"
