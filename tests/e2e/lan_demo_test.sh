#!/usr/bin/env bash
# scripts/lan_demo.sh says what to type, and acts it out on machines of its own, or on loopback where those are refused.
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/e2e.sh"

check_demo() {
    capture "$root/scripts/lan_demo.sh" --namespaces 3
    equal "$1: exit code" 0 "$code"
    like "$1: node 3 leads at first" 'node 3, the highest, leads' "$out"
    like "$1: node 2 takes over after kill -9" 'kill -9 of node 3: node 2 leads, -?[0-9.]+ ms later' "$out"
    equal "$1: every upload came back identical" "$2" "$(grep -c 'decrypted again: identical' <<<"$out" || true)"
    if ((code != 0)); then printf '%s\n%s\n' "$out" "$err"; fi
}

begin_test lan-demo
capture "$root/scripts/lan_demo.sh"
equal "without options: exit code" 0 "$code"
like "how the first machine starts" './build/node 1 --lan --new-cluster' "$out"
like "where the key is copied from" 'scp .*@[0-9.]+:.config/cloudp2p/cluster.key' "$out"
like "how a client is used" './build/client alice --lan upload' "$out"
capture "$root/scripts/lan_demo.sh" --namespaces 1
equal "one machine has nobody to take over: refused" 2 "$code"

capture "$root/scripts/lan_demo.sh" --namespaces 3
if [[ $out == *"refuses network namespaces"* ]]; then
    skip_case "machines of its own: this one refuses network namespaces"
else
    check_demo "in namespaces" 5
    like "the pulled cable" 'The cable of machine 3 is pulled: node 2 leads' "$out"
fi
refuse_namespaces
check_demo "on loopback" 3
like "it says that it is on loopback, and why" 'refuses network namespaces \(.*not permitted\): on loopback' "$out"
end_test
