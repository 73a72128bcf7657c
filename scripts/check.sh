#!/usr/bin/env bash
# What must hold before a change is called done, beyond the tests.
# Usage: check.sh [MODE...]
#   format           layout of the C++ sources (clang-format), and includes
#   includes         no `#include "../`: that is the one way around the layers
#   shell            shellcheck over the scripts
#   tidy             clang-tidy over all sources      tidy-changed: over those that differ from the last commit
#   headers          every public header compiles alone
#   pure             no core references a clock, socket, thread, file, environment or global generator
#   asan, tsan       unit, simulator, scenario and integration tests with sanitizers
#   storage          the conformance program, and the flow of the HTTP API with a leader that dies between its steps, on the
#                    object stores that are installed here; the others are skipped visibly.
#                    Also --storage. CP_S3RVER=FILE names s3rver's program
#   sim [SEEDS]      the simulator over so many seeds (default 20 000), on two processes; also --sim SEEDS. A seed that
#                    fails prints the line that repeats it
#   web              the page of the nodes in Chromium: mocked, and while a leader dies. Skipped, and said, where Chromium or
#                    playwright-core are missing; screenshots and numbers stay in build/web/
#   fuzz [SECONDS]   every fuzz target, from a copy of its corpus (default 60 s each)
#   all              format, shell, headers, pure, tidy, asan, tsan, web, fuzz (default)
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

sanitized_labels='^(unit|sim|scenario|integration)$'
fuzz_seconds=60
sim_seeds=20000

cpp_files() { find "$root/src" "$root/tests" \( -name '*.cpp' -o -name '*.hpp' \) -print0; }

configure() { step "configure-$1" "Configure ($1)" cmake -S "$root" --preset "$1"; }

# build_in PRESET TARGET...
build_in() {
    local preset=$1
    shift
    step "build-$preset" "Build ($preset)" cmake --build "$build/$preset" --parallel "$(compile_jobs)" --target "$@"
}

# files_of_tests PRESET FILTER...: the files of the build tree that the selected tests run, as targets of its build.
# (ctest --show-only does not name what is not yet built; its input does.)
files_of_tests() {
    local preset=$1 name
    shift
    ctest --test-dir "$build/$preset" -N "$@" | sed -n 's/^ *Test *#[0-9]*: *//p' | while read -r name; do
        find "$build/$preset" -name CTestTestfile.cmake -exec grep -hF "add_test([=[$name]=] " {} +
    done | grep -o '"[^"]*"' | sed -n "s|^\"$build/$preset/\(.*\)\"\$|\1|p" | sort -u
}

# run_tests PRESET FILTER...: builds what the selected tests run, and runs them.
run_tests() {
    local preset=$1 targets
    configure "$preset"
    mapfile -t targets < <(files_of_tests "$@")
    ((${#targets[@]} > 0)) || fail "no tests in $preset"
    build_in "$preset" "${targets[@]}"
    shift
    "${wrapper[@]}" ctest --test-dir "$build/$preset" --output-on-failure --parallel 2 --timeout 1200 --no-tests=error "$@"
}
wrapper=()

check_includes() {
    local found
    if found=$(grep -rnE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"\.\./' "$root/src" "$root/tests"); then
        printf '%s\n' "$found" >&2
        fail 'include by module ("module/file.hpp"), not by "../"'
    fi
}

check_format() {
    check_includes
    cpp_files | xargs -0 -r clang-format --dry-run -Werror
}

check_shell() {
    (cd "$root" && find scripts tests .ci \( -name '*.sh' -o -name run \) -type f -exec shellcheck -x {} +)
}

# clang-tidy knows the flags of what is compiled; headers come with the sources that include them.
tidy() {
    configure dev
    xargs -0 -r -n 1 -P "$(compile_jobs)" clang-tidy -p "$build/dev" --quiet
}

check_tidy() { find "$root/src" "$root/tests" -name '*.cpp' -not -path '*/fuzz/*' -print0 | tidy; }

check_tidy_changed() {
    (cd "$root" && git ls-files -z --modified --others --exclude-standard -- 'src/*.cpp' 'tests/*.cpp') |
        sed -z "s|^|$root/|" | tidy
}

check_headers() {
    configure dev
    build_in dev all_verify_interface_header_sets
}

check_pure() { run_tests dev --tests-regex '^pure\.'; }

check_asan() {
    ASAN_OPTIONS=detect_stack_use_after_return=1 UBSAN_OPTIONS=print_stacktrace=1 \
        run_tests asan --label-regex "$sanitized_labels"
}

# TSan of GCC 12 does not know the memory layout of newer kernels: without randomisation it does.
check_tsan() {
    local wrapper=()
    if setarch "$(uname -m)" -R true 2>/dev/null; then wrapper=(setarch "$(uname -m)" -R); fi
    TSAN_OPTIONS="halt_on_error=1 suppressions=$root/tests/tsan.suppressions" run_tests tsan --label-regex "$sanitized_labels"
}

# Each engine is started and stopped by its script in tests/storage.
check_storage() {
    build_release test_storage.dir node client make_test_image
    ctest --test-dir "$build" --output-on-failure --timeout 900 --no-tests=error --label-regex '^storage$'
}

# Two processes, half of the seeds each.
check_sim() {
    local half=$((sim_seeds / 2)) first second failed=0
    ((half > 0)) || usage_error "sim needs at least 2 seeds"
    build_release cp_sim
    mkdir -p "$logs"
    "$build/tests/sim/cp_sim" --seeds "$half" >"$logs/sim-1.log" &
    first=$!
    "$build/tests/sim/cp_sim" --seeds $((sim_seeds - half)) --from $((half + 1)) >"$logs/sim-2.log" &
    second=$!
    wait "$first" || failed=1
    wait "$second" || failed=1
    # The events of a run that failed stay in the logs.
    grep -hvE '^[0-9]+ us ' "$logs/sim-1.log" "$logs/sim-2.log" || true
    ((failed == 0)) || fail "a seed failed: build/tests/sim/cp_sim repeats it, $logs/sim-*.log has its events"
}

# fuzz_one TARGET: what it finds is left in build/fuzz/findings, the corpus that is checked in stays as it is.
fuzz_one() {
    local target=$1 name=${1#fuzz_} corpus findings=$build/fuzz/findings program
    corpus=$build/fuzz/corpus/$name
    mkdir -p "$corpus" "$findings"
    if [[ -d $root/tests/fuzz/corpus/$name ]]; then cp -r "$root/tests/fuzz/corpus/$name/." "$corpus/"; fi
    program=$(find "$build/fuzz" -type f -name "$target" -perm -u+x)
    step "fuzz-$name" "Fuzz $name" "$program" -max_total_time="$fuzz_seconds" -timeout=10 -rss_limit_mb=2048 \
        -print_final_stats=1 -artifact_prefix="$findings/$name-" "$corpus"
}

check_fuzz() {
    local target targets
    configure fuzz
    mapfile -t targets < <(ninja -C "$build/fuzz" -t targets all | sed -n 's/^\(fuzz_[a-z0-9_]*\): phony$/\1/p' | sort)
    ((${#targets[@]} > 0)) || fail "there are no fuzz targets"
    build_in fuzz "${targets[@]}"
    for target in "${targets[@]}"; do fuzz_one "$target"; done
}

# Its own output says what is missing.
check_web() {
    local status=0
    if [[ -z ${CP_NODE:-} || -z ${CP_CLIENT:-} ]]; then
        "$root/scripts/setup.sh"
        build_release node client
    fi
    "$root/tests/web/page_test.sh" || status=$?
    if ((status == 77)); then
        outcome=skipped
        return
    fi
    return "$status"
}

run_mode() {
    local started outcome=ok
    started=$(now_us)
    printf '== %s\n' "$1"
    "check_${1//-/_}"
    printf '== %s: %s, %s s\n' "$1" "$outcome" "$(seconds_since "$started")"
}

modes=()
while (($# > 0)); do
    case $1 in
        format | includes | shell | tidy | tidy-changed | headers | pure | asan | tsan | web) modes+=("$1") ;;
        storage | --storage) modes+=(storage) ;;
        sim | --sim)
            modes+=(sim)
            if [[ ${2:-} =~ ^[0-9]+$ ]]; then require_number "$1" "$2" && sim_seeds=$2 && shift; fi
            ;;
        fuzz)
            modes+=(fuzz)
            if [[ ${2:-} =~ ^[0-9]+$ ]]; then require_number "fuzz" "$2" && fuzz_seconds=$2 && shift; fi
            ;;
        all) modes+=(format shell headers pure tidy asan tsan web fuzz) ;;
        -h | --help) print_help && exit ;;
        *) usage_error "unknown mode $1" ;;
    esac
    shift
done
if ((${#modes[@]} == 0)); then modes=(format shell headers pure tidy asan tsan web fuzz); fi

# A check of text needs no compiler, and the page none of the tools for sources.
if [[ ${modes[*]} != includes && ${modes[*]} != web ]]; then "$root/scripts/setup.sh" --checks; fi
for mode in "${modes[@]}"; do run_mode "$mode"; done
