#!/usr/bin/env bash
# The page of the nodes in a real browser: mocked and with three nodes. Screenshots and numbers stay in build/web/.
# Usage: page_test.sh    Exit 77, and the reason, where Chromium, node or playwright-core are missing.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

if ! command -v node >/dev/null 2>&1; then
    echo "skipped: no node (apt-get install nodejs)"
    exit 77
fi
node "$here/browser.mjs"
artefacts=${CP_WEB_ARTEFACTS:-$here/../../build/web}
rm -f "$artefacts"/*.png "$artefacts/numbers.txt"
for test in mocked live; do
    node --test-reporter=spec "$here/${test}_page_test.mjs"
done
