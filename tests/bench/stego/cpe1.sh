#!/usr/bin/env bash
# A whole file encrypted and authenticated: CPE1 (by all cores, and by one thread) beside `openssl enc` and then `openssl
# dgst`, and age, in turn, in one run; on a tmpfs, then on the disk that holds build/ (its page cache: nobody syncs, and the
# input has been read before). stego.sh --install fetches age.
# Usage: cpe1.sh [MEGABYTES [ROUNDS]]      (default 500, 9)
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/bench/hosts.sh
source "$here/../hosts.sh"
if [[ ${1:-} == -h || ${1:-} == --help ]]; then print_help && exit; fi
megabytes=${1:-500}
rounds=${2:-9}
require_number MEGABYTES "$megabytes"
require_number ROUNDS "$rounds"
tool=${CP_BENCH_PROGRAMS:-$build/tests/bench/stego}/cpe1_tool
[[ -x $tool ]] || fail "$tool is missing: scripts/bench.sh stego builds it"

# shellcheck disable=SC2317 # all of them are called by their names
ours() { "$tool" file "$work/in" "$work/out"; }
one_thread() { "$tool" file "$work/in" "$work/out" 1; }
openssl_pair() {
    openssl enc -aes-128-ctr -K 000102030405060708090a0b0c0d0e0f -iv 000102030405060708090a0b00000000 -in "$work/in" -out "$work/out"
    openssl dgst -sha256 -mac HMAC -macopt hexkey:000102030405060708090a0b0c0d0e0f "$work/out" >"$work/tag"
}
with_age() { "$age" -r "$recipient" -o "$work/out" "$work/in"; }

# measure PLACE: all tools in a folder of its own there.
measure() {
    local one i
    work=$(mktemp -d "$1/cloudp2p-cpe1.XXXXXX")
    head -c "$megabytes"000000 /dev/urandom >"$work/in"
    ours
    "$tool" check "$work/in" "$work/out"
    for ((i = 0; i < rounds; ++i)); do
        for one in "${tools[@]}"; do
            rm -f "$work/out"
            { time "$one"; } 2>"$work/took" # what is said there, and the last line
            printf '%s %s\n' "$one" "$(tail -n 1 "$work/took")" >>"$work/times"
        done
    done
    printf '%-14s %16s %24s %24s\n' "$1" 'median, MB/s' 'slowest to fastest' 'MB a processor second'
    for one in "${tools[@]}"; do
        awk -v name="$one" '$1 == name { print $2, $3 + $4 }' "$work/times" | sort -n |
            awk -v name="$one" -v mb="$megabytes" '{ t[NR] = $1; worked += $2 }
                END { printf "%-14s %16.0f %24s %24.0f\n", name, mb / t[int((NR + 1) / 2)],
                      sprintf("%.0f to %.0f", mb / t[NR], mb / t[1]), mb * NR / worked }'
    done
    rm -rf "$work"
}

tools=(ours one_thread openssl_pair)
TIMEFORMAT='%R %U %S'
work=""
trap 'rm -rf "$work"' EXIT
age=$peers_root/usr/bin/age
if [[ -x $age ]]; then
    recipient=$("${age}-keygen" 2>/dev/null | sed -n 's/^# public key: //p')
    tools+=(with_age)
fi
printf 'in memory, %s MB: one thread %s, two threads %s\n' "$megabytes" "$("$tool" memory "$megabytes")" \
    "$("$tool" memory "$megabytes" 2)"
printf 'file to file, %s MB, %s rounds, %s cores, load %s\n' "$megabytes" "$rounds" "$(nproc)" "$(cut -d ' ' -f 1 /proc/loadavg)"
for place in /dev/shm "$build"; do measure "$place"; done
