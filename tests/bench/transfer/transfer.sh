#!/usr/bin/env bash
# One object to several hosts: our transfer beside UFTP, udpcast, NORM, OpenPGM, TCP to each and a raw multicast blast,
# on the same hosts (network namespaces made here), in the same beds, in one run. See README.md for what is measured.
# Nothing leaves this machine.
# Usage: transfer.sh [--install] [--peers LIST] [--rounds N] [--receivers LIST] [--sizes LIST] [--loss LIST]
#                    [--wire LIST] [--gso LIST] [--patience SECONDS] [--one-setting] [--keep] [--plot FILE]
#   --install           fetch the peers' Debian packages and unpack them under build/bench-peers; installs nothing
#   --peers LIST        beside ours (default uftp,udpcast,norm,pgm,tcp-cubic,tcp-bbr,blast,blast-sealed); none: ours alone
#   --rounds N          per tool and bed (default 5)
#   --receivers LIST    how many (default 1,3,8,16)
#   --sizes LIST        of the object, MB (default 0.1,1,10,100)
#   --loss LIST         percent of frames lost at each receiver (default 0,1,5,10,20)
#   --wire LIST         free, or Mbit/s of each cable (default free,1000,100)
#   --gso LIST          off: frames as on Ethernet; on: up to 64 KiB pass in one piece, as between virtual machines (default off,on)
#   --patience SECONDS  for one transfer (default 60)
#   --one-setting       do not look for the peers' fastest settings: the middle one of each
#   --keep              leave the logs of the last transfer of each bed in build/bench-peers/run
#   --plot FILE         of the 3-receiver bed with the largest object (default build/bench-peers/transfer.svg)
# Prints tables; the transfers go to build/bench-peers/transfer.csv, the logs of those that did not end to
# build/bench-peers/never. CP_BENCH_PROGRAMS names the folder of another build's programs.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/bench/hosts.sh
source "$here/../hosts.sh"

programs=${CP_BENCH_PROGRAMS:-$build/tests/bench} # bench_transfer, bench_blast, bench_touch
results=$prefix/transfer.csv # wire,gso,receivers,size,loss,tool,setting,us or "never"
packages=(uftp udpcast libnorm1 libnorm-dev libpgm-5.3-0 libpgm-dev)

install=no keep=no one_setting=no
peers=uftp,udpcast,norm,pgm,tcp-cubic,tcp-bbr,blast,blast-sealed
rounds=5 patience=60
receiver_counts=1,3,8,16
sizes=0.1,1,10,100
losses=0,1,5,10,20
wires=free,1000,100
gsos=off,on
plot=$prefix/transfer.svg
scratch="" object="" tool="" setting="" # of the present transfer; and its bed:
wire=free gso=off receivers=1 size=1 loss=0

seldom=0.25 # seconds: asking more often would take a quarter of a core from what is measured
declare -A chosen=()                      # bed and tool -> its fastest setting there

# shellcheck source=tests/bench/transfer/tools.sh
source "$here/tools.sh"

parse_options() {
    while (($# > 0)); do
        case $1 in
            --install) install=yes ;;
            --peers) peers=${2:-} && shift ;;
            --rounds) require_number "$1" "${2:-}" && rounds=$2 && shift ;;
            --receivers) receiver_counts=${2:-} && shift ;;
            --sizes) sizes=${2:-} && shift ;;
            --loss) losses=${2:-} && shift ;;
            --wire) wires=${2:-} && shift ;;
            --gso) gsos=${2:-} && shift ;;
            --patience) require_number "$1" "${2:-}" && patience=$2 && shift ;;
            --one-setting) one_setting=yes ;;
            --keep) keep=yes ;;
            --plot) plot=${2:-} && shift ;;
            -h | --help) print_help && exit ;;
            *) usage_error "unknown option $1" ;;
        esac
        shift
    done
    require_list --peers "$peers" 'none|uftp|udpcast|norm|pgm|tcp-[a-z]+|blast|blast-sealed'
    require_list --receivers "$receiver_counts" '[1-9][0-9]?'
    require_list --sizes "$sizes" '[0-9]+(\.[0-9])?'
    require_list --loss "$losses" '[0-9]{1,2}'
    require_list --wire "$wires" 'free|[1-9][0-9]{0,5}'
    require_list --gso "$gsos" 'on|off'
    [[ -n $plot ]] || usage_error "--plot needs a file"
}

# Small programs against the peers' libraries; the flags that only one needs harm no other.
compile_peers() {
    local name header_flags=() machine
    machine=$(uname -m)-linux-gnu
    mkdir -p "$prefix/bin"
    for name in tcp norm pgm; do
        case $name in
            norm) header_flags=(-isystem "$peers_root/usr/include" -L"$peers_root/usr/lib/$machine" -lnorm) ;;
            pgm) header_flags=(-isystem "$peers_root/usr/include/pgm-5.3" -isystem "$peers_root/usr/lib/$machine/pgm-5.3/include"
                -Drestrict=__restrict -L"$peers_root/usr/lib/$machine" -lpgm) ;;
        esac
        if ! wants "$name" || [[ $prefix/bin/$name -nt $here/$name.cpp ]]; then continue; fi
        "${CXX:-c++}" -std=gnu++20 -O2 -o "$prefix/bin/$name" "$here/$name.cpp" "${header_flags[@]}" 2>"$prefix/$name.log" ||
            fail "cannot compile $name.cpp ($prefix/$name.log); run with --install"
    done
}

wants() { [[ ,$peers, == *,$1,* || ,$peers, == *,$1-* ]]; }

choose_tools() {
    local name kernel
    kernel=$(</proc/sys/net/ipv4/tcp_available_congestion_control)
    tools=(ours)
    for name in $(words "$peers"); do
        if [[ $name == tcp-* && " $kernel " != *" ${name#tcp-} "* ]]; then
            printf 'this kernel has no %s: left out\n' "${name#tcp-}" >&2
        else
            tools+=("$name")
        fi
    done
    for name in bench_transfer bench_blast bench_touch; do
        [[ -x $programs/$name ]] || fail "$programs/$name is missing: scripts/bench.sh builds it"
    done
    for name in uftp udp-sender; do
        if wants "${name/-sender/cast}" && [[ ! -x $peers_root/usr/bin/$name ]]; then fail "$name is missing: run with --install"; fi
    done
}

# --- beds ----------------------------------------------------------------------------------------------------

# set_frames: GSO, GRO and TSO of all cables. (Not every kernel knows all of these.)
set_frames() {
    local n feature
    for ((n = 1; n <= $1; ++n)); do
        for feature in tso gso gro tx-udp-segmentation; do
            ethtool -K "p$n" "$feature" "$gso" >/dev/null 2>&1 || true
            on_machine "$n" ethtool -K eth0 "$feature" "$gso" >/dev/null 2>&1 || true
        done
    done
    merge_arrivals "$1"
}

# set_wire HOSTS: what each host may send, with a queue of 1000 full frames before it, as a card has. The bucket holds
# what passes as one piece (64 KiB and the headers): a smaller one costs a timer interrupt for every frame, in a virtual
# machine a third of the sender's core, where a card has a clock of its own.
set_wire() {
    local n
    for ((n = 1; n <= $1; ++n)); do
        on_machine "$n" tc qdisc del dev eth0 root 2>/dev/null || true
        if [[ $wire == free ]]; then continue; fi
        on_machine "$n" tc qdisc add dev eth0 root tbf rate "${wire}mbit" burst 72kb limit 1514000 || return
    done
}

# set_bed HOSTS: all hosts that there are; those that do not take part have no cable, for a bridge copies to each.
set_bed() {
    local n
    set_frames "$1"
    set_wire "$1" || return
    for ((n = 1; n <= $1; ++n)); do
        if ((n <= receivers + 1)); then plug_cable "$n"; else pull_cable "$n"; fi
    done
    lose 0 1
    lose "$loss" $(seq 2 $((receivers + 1)))
}

# --- one transfer --------------------------------------------------------------------------------------------

# say WORD [N]: the tool's own function of that name, or the one for all.
say() {
    local name=$1_${tool%%-*}
    if declare -F "$name" >/dev/null; then "$name" "${@:2}"; else "$1_any" "${@:2}"; fi
}

all_ready() {
    local n
    for ((n = 2; n <= receivers + 1; ++n)); do say ready "$n" || return 1; done
}

all_done() {
    local n
    for ((n = 2; n <= receivers + 1; ++n)); do
        if [[ -z $(say done_at "$n") ]]; then
            # A receiver that has given up need not be waited for.
            if grep -qE '^[0-9]+ (wrong|failed:)' "$(log_of "$n")"; then return 0; fi
            return 1
        fi
    done
}

# touch_memory: as much as the transfer may need (touch.cpp has the reason), in any tool's programs.
touch_memory() { "$programs/bench_touch" $(((receivers + 3) * $(stat -c %s "$object"))); }

# transfer_once: prints how long it took in us, or "never". The blast's time is that of as many bytes as got through.
transfer_once() {
    local n at begun last=0 result=never
    work=$(mktemp -d "$scratch/run.XXXXXX")
    for ((n = 1; n <= receivers + 1; ++n)); do : >"$(log_of "$n")"; done
    for ((n = 2; n <= receivers + 1; ++n)); do "receive_${tool%%-*}" "$n"; done
    if wait_until 10 all_ready; then
        touch_memory
        sleep 0.1
        "send_${tool%%-*}"
        if wait_step=$seldom wait_until "$patience" all_done; then result=$(took); fi
    fi
    end_hosts
    if [[ $keep == yes ]]; then keep_logs run; fi
    if [[ $result == never ]]; then keep_logs never; fi
    rm -rf "$work"
    printf '%s\n' "$result"
}

# keep_logs FOLDER: those of the last such transfer in this bed.
keep_logs() {
    local folder=$prefix/$1/$wire-$gso-$receivers-$size-$loss-$tool
    rm -rf "$folder"
    mkdir -p "$folder"
    cp "$work"/*.log "$folder"
}

took() {
    local n at begun last=0
    begun=$(say begun)
    for ((n = 2; n <= receivers + 1; ++n)); do
        at=$(say done_at "$n")
        if [[ -z $begun || -z $at ]] || ! say same "$n"; then echo never && return; fi
        if [[ $tool == blast* ]]; then at=$(scaled_to_all "$n" "$begun" "$at"); fi
        if ((at > last)); then last=$at; fi
    done
    printf '%d\n' $((last - begun))
}

scaled_to_all() {
    awk -v begun="$2" -v at="$3" -v size="$(stat -c %s "$object")" \
        '$2 == "done" { printf "%.0f\n", ($4 ? begun + (at - begun) * size / $4 : begun + 1e12); exit }' "$(log_of "$1")"
}

# choose_setting: the one of the tool's settings that is fastest here, by one transfer each of at most 10 MB. The tables
# then use it: a peer is measured at its best.
choose_setting() {
    local candidate us best="" all
    mapfile -t all < <("settings_${tool%%-*}")
    setting=${all[${#all[@]} / 2]}
    if ((${#all[@]} == 1)) || [[ $one_setting == yes ]]; then return; fi
    for candidate in "${all[@]}"; do
        setting=$candidate
        us=$(transfer_once)
        if [[ $us != never ]] && { [[ -z $best ]] || ((us < ${best%% *})); }; then best="$us $candidate"; fi
    done
    setting=${best#* }
    setting=${setting:-${all[0]}}
}

record() {
    (IFS=, && printf '%s\n' "$*" >>"$results")
    if [[ -t 2 ]]; then printf '\r\033[K%s ' "$*" >&2; else printf '%s\n' "$*" >&2; fi
}

make_object() {
    size=$1
    object=$scratch/object-$1
    if [[ ! -e $object ]]; then head -c "$(awk -v mb="$1" 'BEGIN { printf "%d", mb * 1e6 }')" /dev/urandom >"$object"; fi
}

# choose_settings: once for all objects of 10 MB and more.
choose_settings() {
    local key
    for tool in "${tools[@]}"; do
        key=$wire,$gso,$receivers,$loss,$size,$tool
        if [[ -z ${chosen[$key]:-} ]]; then
            choose_setting
            chosen[$key]=$setting
        fi
        settings[$tool]=${chosen[$key]}
    done
}

# run_bed SIZE: each tool in turn within each round; whatever else the machine does hits all.
run_bed() {
    local n
    local -A settings=()
    set_bed "$hosts" || return
    make_object "$1"
    if awk -v mb="$1" 'BEGIN { exit mb <= 10 }'; then make_object 10; fi
    choose_settings
    make_object "$1"
    for ((n = 1; n <= rounds; ++n)); do
        for tool in "${tools[@]}"; do
            setting=${settings[$tool]}
            record "$wire" "$gso" "$receivers" "$size" "$loss" "$tool" "$setting" "$(transfer_once)"
        done
    done
}

run_all() {
    local next
    for wire in $(words "$wires"); do
        for gso in $(words "$gsos"); do
            for receivers in $(words "$receiver_counts"); do
                for next in $(words "$sizes"); do
                    for loss in $(words "$losses"); do
                        run_bed "$next" || { printf 'no %s Mbit/s wire here: tc has no tbf\n' "$wire" >&2 && continue 4; }
                    done
                done
            done
        done
    done
}

parse_options "$@"
if [[ ${CP_BENCH:-} != inside ]]; then
    if [[ $install == yes ]]; then fetch_packages "${packages[@]}"; fi
    mkdir -p "$prefix"
    compile_peers
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
hosts=$(($(words "$receiver_counts" | sort -n | tail -n 1) + 1))
lay_hosts "$hosts"
name_hosts "$hosts"
# udpcast asks the routes where its group is.
for ((n = 1; n <= hosts; ++n)); do on_machine "$n" ip route add 224.0.0.0/4 dev eth0; done
: >"$results"
run_all
if [[ -t 2 ]]; then printf '\r\033[K' >&2; fi
printf '%s, %d cores (load of the last 15 minutes %s), Linux %s, %d rounds\n' \
    "$(date -u +%F)" "$(nproc)" "$(cut -d ' ' -f 3 /proc/loadavg)" "$(uname -r)" "$rounds"
"$here/report.sh" "$results" "$plot"
