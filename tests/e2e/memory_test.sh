#!/usr/bin/env bash
# A 200 MB file goes through three nodes; none needs three times as much memory for it, and all give it back.
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/e2e.sh"

file_bytes=200000000
idle_kib=65536 # far above what an idle node needs, far below the file

# anonymous_kib ID: what a node has allocated; not its programs and libraries.
anonymous_kib() { awk '/^RssAnon:/ { print $2 }' "/proc/${node_pids[$1]}/status"; }

# watch: the highest value that each node had while the upload ran, in peak.
watch() {
    local id now
    until ended "$uploader"; do
        for id in 1 2 3; do
            now=$(anonymous_kib "$id")
            if ((now > peak[$id])); then peak[$id]=$now; fi
        done
        sleep 0.02
    done
}

at_rest() { (($(anonymous_kib "$1") < idle_kib)); }

begin_test memory
declare -A peak=([1]=0 [2]=0 [3]=0)
head -c "$file_bytes" /dev/urandom >big.bin
start_nodes 1 2 3
for id in 1 2 3; do
    idle=$(anonymous_kib "$id")
    holds "idle, node $id needs $idle KiB" test "$idle" -lt "$idle_kib"
done
start_upload big.bin
watch
end_upload
equal "the upload ends well" 0 "$code"
uploaded "once sent, verified" big.bin "$result"
holds "the leader held the file" test "${peak[3]}" -gt $((file_bytes / 1024))
for id in 1 2 3; do
    holds "node $id needed ${peak[$id]} KiB at most, less than three times the file" \
        test "${peak[$id]}" -lt $((3 * file_bytes / 1024))
    eventually "node $id gives it back" at_rest "$id"
done
rm -f "$(field file "$result")"
end_test
