#!/usr/bin/env bash
# tests/e2e/checklist.sh proves every line on a cluster that works, and notices one that does not.
set -euo pipefail
folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/e2e/e2e.sh
source "$folder/e2e.sh"

# run_checklist [NAME=VALUE...]: sets code and out.
run_checklist() {
    code=0
    out=$(env CP_KEEP= "$@" timeout -k 5 200 "$folder/checklist.sh" 2>&1) || code=$?
}

lines() { grep -cE -- "$1" <<<"$out" || true; }

# write_broken PROGRAM LINE: a stand-in for PROGRAM that runs LINE first.
write_broken() {
    printf '#!/bin/sh\n%s\nexec %q "$@"\n' "$2" "$1" >broken
    chmod +x broken
}

begin_test checklist-test
run_checklist
printf '%s\n' "$out"
equal "all lines are proven, exit 0" "0 0 $(grep -c '^prove ' "$folder/checklist.sh")" "$code $(lines '^\[ \]') $(lines '^\[x\] [^:]+: .')"

# shellcheck disable=SC2016 # expanded by the stand-in
write_broken "$node_program" 'if [ "$1" = 3 ]; then echo "no node 3 today" >&2; exit 1; fi'
run_checklist CP_NODE="$cluster_dir/broken" CP_PATIENCE=3
equal "without node 3 it ends with 1" 1 "$code"
for line in "All three servers start" "Three servers listen" "Node 3, .* becomes the first leader" "The leader, node 3, is killed"; do
    equal "[ ] $line" 1 "$(lines "^\[ \] $line: .")"
done
equal "what does not need node 3 is still proven" 1 "$(lines '^\[x\] A client uploads an image: ')"

# shellcheck disable=SC2016
write_broken "$client_program" 'if [ "$1" = bob ]; then shift; set -- alice "$@"; fi'
run_checklist CP_CLIENT="$cluster_dir/broken" CP_PATIENCE=10
equal "with one key for all users it ends with 1" 1 "$code"
equal "and that line alone is open" "1 1" "$(lines '^\[ \]') $(lines '^\[ \] Different users have different keys: ')"
end_test
