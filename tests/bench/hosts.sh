# shellcheck shell=bash
# What the benches share: option lists, the peers' packages (fetched, not installed), namespaces of their own, and hosts
# in them (machines of scripts/netns.sh) that run anybody's programs and are read by one clock. Sourced, never run.

# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib.sh"
# shellcheck source=scripts/cluster.sh
source "$root/scripts/cluster.sh"
# shellcheck source=scripts/netns.sh
source "$root/scripts/netns.sh"

prefix=$build/bench-peers
peers_root=$prefix/root
# shellcheck disable=SC2034 # used by the adapters
peers_libraries=$peers_root/lib/$(uname -m)-linux-gnu:$peers_root/usr/lib/$(uname -m)-linux-gnu
scratch="" # of the whole run; and of what runs now:
work=""
declare -A daemon=() # host -> leader of its process group

# require_list OPTION VALUE REGEX
require_list() {
    [[ $2 =~ ^($3)(,($3))*$ ]] || usage_error "$1 does not know '$2'"
}

# words LIST: its members, one a line; nothing for "none".
words() { tr ',' '\n' <<<"$1" | grep -vx none || true; }

# fetch_packages PACKAGE...: them (present or not) and those of their libraries that this machine lacks, unpacked in a
# folder: no service starts, no file of the machine changes.
fetch_packages() {
    local package
    mkdir -p "$prefix/deb/partial" "$peers_root"
    apt-get -y -q --no-install-recommends --reinstall --download-only -o Debug::NoLocking=1 -o "Dir::Cache::archives=$prefix/deb" \
        -o APT::Sandbox::User=root install "$@" >"$prefix/install.log" 2>&1 ||
        fail "cannot fetch $*: $(tail -n 1 "$prefix/install.log")"
    for package in "$prefix"/deb/*.deb; do dpkg -x "$package" "$peers_root"; done
}

# enter_namespaces ROOTLESS ARG...: starts the script again with ARGs in processes, mounts and network of our own, so
# that all of it ends with us. Root keeps its rights (ROOTLESS yes: it does not): tools that ask for real time get it.
enter_namespaces() {
    local flags all=(-Urnmpf)
    if [[ $EUID == 0 && $1 == no ]]; then all=(-nmpf -Urnmpf); fi
    shift
    for flags in "${all[@]}"; do
        if unshare "$flags" --mount-proc true 2>/dev/null; then
            CP_BENCH=inside exec unshare "$flags" --mount-proc --kill-child "$0" "$@"
        fi
    done
    fail "this machine refuses network namespaces; without them there is nothing to measure"
}

# lay_hosts COUNT: machines of scripts/netns.sh. Without IPv6, whose neighbour discovery would count as traffic, and
# without the firewall of the machine between them.
lay_hosts() {
    local n tool
    for tool in tc nft ethtool; do have "$tool" || fail "needs $tool: scripts/setup.sh installs it"; done
    lay_cables "$1"
    send_real_frames "$1"
    echo 0 2>/dev/null >/proc/sys/net/bridge/bridge-nf-call-iptables || true
    for ((n = 1; n <= $1; ++n)); do
        # shellcheck disable=SC2016 # for the inner shell
        on_machine "$n" sh -c 'for file in /proc/sys/net/ipv6/conf/*/disable_ipv6; do echo 1 >"$file"; done' 2>/dev/null || true
    done
}

# merge_arrivals COUNT: machines 1 to COUNT merge what arrives in a row (GRO), as machines with a card do and those with a
# veth do not until they are told to.
merge_arrivals() {
    local n
    for ((n = 1; n <= $1; ++n)); do on_machine "$n" ethtool -K eth0 gro on >/dev/null 2>&1 || true; done
}

# name_hosts COUNT: h1 to hCOUNT, for programs that ask for the names of hosts. Needs a mount namespace of our own.
name_hosts() {
    local n
    echo '127.0.0.1 localhost' >"$scratch/hosts"
    for ((n = 1; n <= $1; ++n)); do printf '%s h%d\n' "$(address_of "$n")" "$n" >>"$scratch/hosts"; done
    mount --bind "$scratch/hosts" /etc/hosts
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

# All that was launched.
end_hosts() {
    local n
    for n in "${!daemon[@]}"; do kill -KILL -- "-${daemon[$n]}" 2>/dev/null || true; done
    wait_until 5 none_alive "${daemon[@]}" || true
    daemon=()
}

# lose PERCENT N...: of all frames on their way to those hosts, whatever they carry. Dropped where they leave the bridge:
# behind it a host merges frames (GRO), and one rule would drop forty at once.
lose() {
    local n percent=$1
    shift
    for n in "$@"; do
        nft -f - <<RULES || fail "nft cannot lose frames here"
table netdev loss$n
delete table netdev loss$n
table netdev loss$n {
    chain leaving {
        type filter hook egress device "p$n" priority 0;
        $( ((percent == 0)) || printf 'numgen random mod 100 < %d drop\n' "$percent")
    }
}
RULES
    done
}
