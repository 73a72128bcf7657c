#!/usr/bin/env bash
# Plants violations of the layers in a copy of the tree and sees each of the three checks refuse them: the include roots
# of the build, scripts/check_pure.sh, and the search for "../" includes. Every violation has a twin that is allowed and
# must pass, so a check that refuses everything fails here too.
# Usage: check_layers_test.sh SOURCE_TREE COMPILER
set -euo pipefail
source_tree=${1:?usage: check_layers_test.sh SOURCE_TREE COMPILER}
compiler=${2:?usage: check_layers_test.sh SOURCE_TREE COMPILER}

scratch=$(mktemp -d "${TMPDIR:-/tmp}/cloudp2p-layers.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
trap 'exit 143' INT TERM HUP
tree=$scratch/tree
objects=$scratch/objects
failures=0

# verdict NAME EXPECTED(pass|refuse) REASON COMMAND...: a refusal counts only when the output shows REASON.
verdict() {
    local name=$1 expected=$2 reason=$3 seen=pass output
    shift 3
    output=$("$@" 2>&1) || seen=refuse
    if [[ $seen == "$expected" && ($seen == pass || $output == *"$reason"*) ]]; then
        printf 'ok: %s\n' "$name"
        return
    fi
    printf 'FAILED: %s: expected %s, saw %s:\n%s\n' "$name" "$expected" "$seen" "$(tail -n 8 <<<"$output")"
    failures=$((failures + 1))
}

copy_tree() {
    mkdir -p "$tree"
    cp -r "$source_tree"/{CMakeLists.txt,src,scripts} "$tree"
    mkdir "$tree/tests"
    # A Boost that setup.sh unpacked is found in the tree's own build folder.
    if [[ -e $source_tree/build/boost-prefix ]]; then
        mkdir "$tree/build"
        ln -s "$source_tree/build/boost-prefix" "$tree/build/"
    fi
}

configure() {
    cmake -S "$tree" -B "$objects" -G Ninja -DCMAKE_CXX_COMPILER="$compiler" -DCP_TESTS=OFF >"$scratch/log" 2>&1 ||
        { cat "$scratch/log" && exit 1; }
}

# compile MODULE FOLDER FILE: one object, with the flags and include roots of its module.
compile() { ninja -C "$objects" "CMakeFiles/cp_$1.dir/$2/$3.o"; }

plant_includes() {
    (cd "$tree/src" && mkdir -p node/core node/runtime shared/wire shared/transfer shared/membership)
    printf '#pragma once\ninline int planted_above() { return 1; }\n' >"$tree/src/node/core/planted_above.hpp"
    printf '#pragma once\ninline int planted_below() { return 1; }\n' >"$tree/src/shared/wire/planted_below.hpp"
    printf '#include "node_core/planted_above.hpp"\n' >"$tree/src/shared/transfer/planted_upwards.cpp"
    printf '#include "wire/planted_below.hpp"\n' >"$tree/src/shared/transfer/planted_downwards.cpp"
    printf '#include "node_core/planted_above.hpp"\n' >"$tree/src/node/runtime/planted_allowed.cpp"
    printf '#include "membership/planted_beside.hpp"\n' >"$tree/src/shared/transfer/planted_sideways.cpp"
    printf '#pragma once\n' >"$tree/src/shared/membership/planted_beside.hpp"
}

check_includes() {
    local transfer=src/shared/transfer
    verdict "transfer sees wire, below it" pass "" compile transfer $transfer planted_downwards.cpp
    verdict "node_app sees node_core, below it" pass "" compile node_app src/node/runtime planted_allowed.cpp
    verdict "transfer does not see node_core, above it" refuse "node_core/planted_above.hpp: No such file" \
        compile transfer $transfer planted_upwards.cpp
    verdict "transfer does not see membership, beside it" refuse "membership/planted_beside.hpp: No such file" \
        compile transfer $transfer planted_sideways.cpp
}

# Impure lines, one kind each; the first is the allowed twin.
declare -A planted=(
    [arithmetic]='#include <chrono>|auto planted(std::chrono::steady_clock::time_point now) { return now + std::chrono::hours(1); }'
    [clock]='#include <chrono>|auto planted() { return std::chrono::steady_clock::now(); }'
    [calendar]='#include <chrono>|auto planted() { return std::chrono::system_clock::now(); }'
    [chance]='#include <random>|unsigned planted() { return std::random_device{}(); }'
    [environment]='#include <cstdlib>|char* planted() { return std::getenv("HOME"); }'
    [socket]='#include <sys/socket.h>|int planted() { return socket(AF_INET, SOCK_DGRAM, 0); }'
    [thread]='#include <thread>|void planted() { std::thread([] {}).join(); }'
    [file]='#include <fstream>|bool planted() { return std::ifstream("x").good(); }'
    [output]='#include <iostream>|void planted() { std::cout << 1; }'
)

plant_impurities() {
    local kind
    for kind in "${!planted[@]}"; do
        printf '%s\n%s\n' "${planted[$kind]%%|*}" "${planted[$kind]#*|}" >"$tree/src/shared/base/planted_$kind.cpp"
    done
}

# compile_and_check KIND: the archive of base with nothing but the planted object in it.
compile_and_check() {
    local archive=$scratch/$1.a
    compile base src/shared/base "planted_$1.cpp" >"$scratch/log" 2>&1 || { cat "$scratch/log" && return 3; }
    ar rc "$archive" "$objects/CMakeFiles/cp_base.dir/src/shared/base/planted_$1.cpp.o"
    "$tree/scripts/check_pure.sh" "$archive"
}

check_purity() {
    local kind
    verdict "a time that comes in is pure" pass "" compile_and_check arithmetic
    for kind in "${!planted[@]}"; do
        if [[ $kind == arithmetic ]]; then continue; fi
        verdict "$kind is not pure" refuse "declared PURE but references" compile_and_check "$kind"
    done
    verdict "an archive that is not there is not pure" refuse "" "$tree/scripts/check_pure.sh" "$scratch/none.a"
}

check_relative_includes() {
    verdict "the tree has no ../ include" pass "" "$tree/scripts/check.sh" includes
    printf '  #  include "../core/planted_above.hpp"\n' >"$tree/src/node/runtime/planted_relative.cpp"
    verdict "a ../ include is found" refuse "planted_relative.cpp:1" "$tree/scripts/check.sh" includes
}

copy_tree
plant_includes
plant_impurities
configure
check_includes
check_purity
check_relative_includes
((failures == 0))
