#!/usr/bin/env bash
# The conformance program on s3rver (npm), an S3 server for tests that ignores conditions.
# Usage: s3rver.sh
# CP_S3RVER=FILE names its program where `s3rver` is not in the path.
set -euo pipefail
# shellcheck source=tests/storage/engine.sh
source "$(dirname "${BASH_SOURCE[0]}")/engine.sh"

program=${CP_S3RVER:-$(command -v s3rver || true)}
[[ -n $program ]] || skip "no s3rver here (npm install --global s3rver)"
# It knows one pair of keys.
export AWS_ACCESS_KEY_ID=S3RVER AWS_SECRET_ACCESS_KEY=S3RVER
begin_engine s3rver
# Its continuation tokens use a cipher that OpenSSL 3 calls legacy.
export NODE_OPTIONS=--openssl-legacy-provider
port=$(free_port)
mkdir "$work/data"
start s3rver "$program" --address 127.0.0.1 --port "$port" --directory "$work/data" --configure-bucket pictures
wait_for s3rver curl --silent "http://127.0.0.1:$port/"
engine_url="s3://pictures?endpoint=http://127.0.0.1:$port"
engine_checks_keys=no # it takes any secret
engine_caps='^info  registration: by claims'
run_conformance
check_mistakes
