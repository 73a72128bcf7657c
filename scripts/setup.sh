#!/usr/bin/env bash
# Installs what is missing to build and test CloudP2P, and nothing else. Says first what, how much and how long.
# Usage: setup.sh [--checks] [--dry-run]
#   --checks    also what scripts/check.sh needs (clang and its tools)
#   --dry-run   only says what it would do
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=scripts/setup_boost.sh
source "$root/scripts/setup_boost.sh"

# package | a command that proves it is there, or - | what for
build_needs='
g++                     | g++     | compiler
cmake                   | cmake   | build
ninja-build             | ninja   | build
libcrypto++-dev         | -       | ciphers
libopencv-core-dev      | -       | pictures
libopencv-imgproc-dev   | -       | pictures
libopencv-imgcodecs-dev | -       | pictures
libzstd-dev             | -       | compression
zlib1g-dev              | -       | compression
libcli11-dev            | -       | options
libtomlplusplus-dev     | -       | configuration
libedit-dev             | -       | prompt
libisal-dev             | -       | parity
librestinio-dev         | -       | forms over HTTP
prometheus-cpp-dev      | -       | metrics
libcurl4-openssl-dev    | -       | object stores
libssl-dev              | -       | HTTPS
libpugixml-dev          | -       | object stores
openssl                 | openssl | tests
iproute2                | ip      | tests
nftables                | nft     | tests
ethtool                 | ethtool | tests
curl                    | curl    | tests
jq                      | jq      | tests
'
check_needs='
clang                   | clang++      | fuzzing
libclang-rt-dev         | -            | sanitizers
clang-format            | clang-format | layout
clang-tidy              | clang-tidy   | lint
shellcheck              | shellcheck   | lint
'

# Debian has it for one architecture.
if have dpkg && [[ $(dpkg --print-architecture) == amd64 ]]; then build_needs+='
libipsec-mb-dev         | -       | fast ciphers
'; fi

declare -A installed=()
missing=()
described=()

read_installed() {
    local state package version
    while read -r state package version; do
        if [[ $state == installed ]]; then installed[$package]=$version; fi
    done < <(dpkg-query -W -f '${db:Status-Status} ${Package} ${Version}\n')
}

# find_missing TABLE
find_missing() {
    local package command reason
    while IFS='| ' read -r package command reason; do
        if [[ -z $package || -n ${installed[$package]:-} ]]; then continue; fi
        if [[ $command != - ]] && have "$command"; then continue; fi
        missing+=("$package")
        described+=("$package ($reason)")
    done <<<"$1"
}

as_root() {
    if ((EUID == 0)); then "$@"; else sudo "$@"; fi
}

# apt_would Inst|Remv PACKAGE...: the packages that installing these would install or remove.
apt_would() {
    local verb=$1
    shift
    LC_ALL=C apt-get -s install --no-install-recommends "$@" 2>/dev/null | sed -n "s/^$verb \([^ ]*\) .*/\1/p"
}

# One broken source among several is no reason to stop; what is really unreachable fails at the installation.
refresh_lists() { as_root apt-get update || true; }

install_packages() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
}

# sizes PACKAGE...: "MB to download, MB on disk" as two numbers, for these alone.
sizes() {
    local download disk
    download=$(LC_ALL=C apt-get --print-uris download "$@" 2>/dev/null | awk '{ sum += $3 } END { print int(sum / 1e6) + 1 }')
    disk=$(LC_ALL=C apt-cache show --no-all-versions "$@" | awk '/^Installed-Size:/ { sum += $2 } END { print int(sum / 1e3) + 1 }')
    printf '%d %d\n' "$download" "$disk"
}

# announce TITLE PACKAGE...: the time is a guess for 10 MB/s of network and 20 MB/s of unpacking.
announce() {
    local title=$1 download disk
    shift
    read -r download disk < <(sizes "$@")
    printf 'Setup: %s: %d packages, %d MB to download, %d MB on disk, about %d s.\n' \
        "$title" $# "$download" "$disk" $((5 + download / 10 + disk / 20))
}

dry_run=no
needs=$build_needs
for option in "$@"; do
    case $option in
        --checks) needs+=$check_needs ;;
        --dry-run) dry_run=yes ;;
        -h | --help) print_help && exit ;;
        *) usage_error "unknown option $option" ;;
    esac
done

started=$(now_us)
if ! have dpkg-query || ! have apt-get; then
    fail "needs apt-get (Debian 12, Ubuntu 23.10 or newer). Install by hand:
  g++ >= 12, CMake >= 3.25, Ninja, Boost >= $boost_minimum (serialization, test, log, json), Crypto++, OpenCV (core,
  imgproc, imgcodecs), zstd, zlib, CLI11, toml++, libedit, ISA-L, RESTinio, prometheus-cpp, libcurl >= 7.87, pugixml,
  OpenSSL >= 3.0, iproute2, nftables, ethtool; then: cmake --preset release && cmake --build --preset release"
fi
read_installed
find_missing "$needs"
boost_missing=no
boost_is_there || boost_missing=yes
if [[ $boost_missing == yes ]]; then described+=("Boost >= $boost_minimum"); fi
if ((${#described[@]} == 0)); then
    printf 'Setup: everything is there (%s s).\n' "$(seconds_since "$started")"
    exit
fi

list=$(printf ', %s' "${described[@]}")
printf 'Setup: missing %s.\n' "${list#, }"
if ((EUID != 0)) && ! have sudo; then
    fail "needs root: neither root nor sudo here. As root, run: $root/scripts/setup.sh"
fi
step apt-update "Setup: package lists" refresh_lists

# Decide, say it, then do it. The prefix comes last: what the compiler needs is no part of it once that is installed.
boost=()
if [[ $boost_missing == yes ]]; then
    flavour=$(choose_boost)
    mapfile -t boost < <(boost_packages "$flavour")
    if [[ -z $(apt_would Remv "${boost[@]}") ]]; then
        missing+=("${boost[@]}")
        boost=()
    fi
fi
if ((${#missing[@]} > 0)); then
    mapfile -t all < <(apt_would Inst "${missing[@]}")
    announce "install" "${all[@]}"
fi
if ((${#boost[@]} > 0)); then
    mapfile -t closure < <(boost_closure "${boost[@]}")
    announce "Boost into build/boost-prefix, beside the older one" "${closure[@]}"
fi
if [[ $dry_run == yes ]]; then exit; fi
if ((${#missing[@]} > 0)); then step install "Setup: install" install_packages "${missing[@]}"; fi
if ((${#boost[@]} > 0)); then
    mapfile -t closure < <(boost_closure "${boost[@]}")
    step unpack-boost "Setup: unpack Boost" unpack_boost "${closure[@]}"
fi
printf 'Setup: done in %s s.\n' "$(seconds_since "$started")"
