#!/usr/bin/env bash
# Measures this system beside others', on hosts that it makes itself (network namespaces): builds the programs (Release)
# and runs tests/bench/NAME. Nothing leaves this machine; with --install the others' Debian packages are fetched and
# unpacked under build/bench-peers, and still nothing is installed.
# Usage: bench.sh transfer|fair|upload|failover|stego|http [OPTIONS of that bench]
#   transfer   one object to many hosts: MB/s beside UFTP, udpcast, NORM, OpenPGM, TCP to each, a raw multicast blast
#   fair       what a TCP flow on the same cable keeps, and how two of our senders share it
#   upload     from the command to the verified file, beside chains of UFTP or curl and nginx, and openssl
#   failover   from a fault to the new leader, beside keepalived, etcd, serf and corosync
#   stego      how well detectors find what is hidden in photographs, beside steghide, outguess and stegosuite
#   http       what users of the HTTP API notice of a leader that is killed
# bench.sh NAME --help has the options; tests/bench/NAME/README.md (fair: transfer) says what is measured.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

case ${1:-} in
    -h | --help) print_help && exit ;;
    transfer | fair | upload | failover | stego | http) name=$1 && shift ;;
    "") usage_error "which bench: transfer, fair, upload, failover, stego or http?" ;;
    *) usage_error "unknown bench $1" ;;
esac
folder=$name
if [[ $name == fair ]]; then folder=transfer; fi
bench=$root/tests/bench/$folder/$name.sh
for option in "$@"; do
    if [[ $option == -h || $option == --help ]]; then exec "$bench" --help; fi
done

if [[ $folder == transfer ]]; then
    if [[ -z ${CP_BENCH_PROGRAMS:-} ]]; then
        "$root/scripts/setup.sh"
        build_release bench_transfer bench_blast bench_touch
    fi
elif [[ $name == stego ]]; then
    if [[ -z ${CP_BENCH_PROGRAMS:-} ]]; then
        "$root/scripts/setup.sh"
        build_release stego_tool stego_detect cpe1_tool
    fi
elif [[ -z ${CP_NODE:-} || -z ${CP_CLIENT:-} ]]; then
    "$root/scripts/setup.sh"
    build_release node client make_test_image
fi
exec "$bench" "$@"
