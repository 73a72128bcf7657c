#!/usr/bin/env bash
# Sets up, builds Release and runs every test that needs no special machine. The last line counts passed and failed.
# Usage: test.sh [--quick]
#   --quick   only the unit tests
# Tests that need a special machine carry the CTest label `special`. Exit 1 when any test failed.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

selection=(--label-exclude '^special$')
for option in "$@"; do
    case $option in
        --quick) selection=(--label-regex '^unit$') ;;
        -h | --help) print_help && exit ;;
        *) usage_error "unknown option $option" ;;
    esac
done

report=$build/test-report.xml
# Names also what could not be started, which the report calls skipped.
failures=$build/Testing/Temporary/LastTestsFailed.log

"$root/scripts/setup.sh"
build_release all
rm -f "$report" "$failures"
started=$(now_us)
ctest --test-dir "$build" --parallel 2 --timeout 600 --output-on-failure --no-tests=error \
    --output-junit "$report" "${selection[@]}" || true
[[ -s $report ]] || fail "ctest did not finish"
printf '%-44s %6s s\n' Tests "$(seconds_since "$started")"

failed=0
if [[ -e $failures ]]; then failed=$(wc -l <"$failures"); fi
total=$(grep -c '<testcase ' "$report" || true)
passed=$(grep -c '<testcase .*status="run"' "$report" || true)
skipped=$((total - passed - failed))
if ((skipped > 0)); then
    printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
else
    printf '%d passed, %d failed\n' "$passed" "$failed"
fi
((failed == 0 && passed > 0))
