#!/usr/bin/env bash
# A whole file encrypted and authenticated: CPE1 beside `openssl enc` and `openssl dgst`, and age, in turn, in one run, all
# on a tmpfs. stego.sh --install fetches age.
# Usage: cpe1.sh [MEGABYTES [ROUNDS]]      (default 500, 7)
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/lib.sh
source "$here/../../../scripts/lib.sh"
# shellcheck source=tests/bench/hosts.sh
source "$here/../hosts.sh"
if [[ ${1:-} == -h || ${1:-} == --help ]]; then print_help && exit; fi
megabytes=${1:-500}
rounds=${2:-7}
require_number MEGABYTES "$megabytes"
require_number ROUNDS "$rounds"
tool=${CP_BENCH_PROGRAMS:-$build/tests/bench/stego}/cpe1_tool
[[ -x $tool ]] || fail "$tool is missing: scripts/bench.sh stego builds it"

ours() { "$tool" file "$work/in" "$work/out"; }
openssl_pair() {
    openssl enc -aes-128-ctr -K 000102030405060708090a0b0c0d0e0f -iv 000102030405060708090a0b00000000 -in "$work/in" -out "$work/out"
    openssl dgst -sha256 -mac HMAC -macopt hexkey:000102030405060708090a0b0c0d0e0f "$work/out" >"$work/tag"
}
with_age() { "$age" -r "$recipient" -o "$work/out" "$work/in"; }

tools=(ours openssl_pair)
TIMEFORMAT='%R %U %S'
work=$(mktemp -d /dev/shm/cloudp2p-cpe1.XXXXXX)
trap 'rm -rf "$work"' EXIT
age=$peers_root/usr/bin/age
if [[ -x $age ]]; then
    recipient=$("${age}-keygen" 2>/dev/null | sed -n 's/^# public key: //p')
    tools+=(with_age)
fi
head -c "$megabytes"000000 /dev/urandom >"$work/in"
for ((i = 0; i < rounds; ++i)); do
    for one in "${tools[@]}"; do
        rm -f "$work/out"
        { time "$one"; } 2>"$work/took" # what is said there, and the last line
        printf '%s %s\n' "$one" "$(tail -n 1 "$work/took")" >>"$work/times"
    done
done
printf 'in memory, %s MB: one thread %s, two threads %s\n' "$megabytes" "$("$tool" memory "$megabytes")" \
    "$("$tool" memory "$megabytes" 2)"
printf '%-14s %16s %24s\n' 'file to file' 'median, MB/s' 'MB a processor second'
for one in "${tools[@]}"; do
    awk -v name="$one" '$1 == name { print $2, $3 + $4 }' "$work/times" | sort -n |
        awk -v name="$one" -v mb="$megabytes" '{ t[NR] = $1; worked += $2 }
            END { printf "%-14s %16.0f %24.0f\n", name, mb / t[int((NR + 1) / 2)], mb * NR / worked }'
done
