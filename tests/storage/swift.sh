#!/usr/bin/env bash
# The conformance program, and the flow of the HTTP API, on OpenStack Swift behind its S3 interface: one proxy and one server of each kind.
# Usage: swift.sh
# Its cache is configured, since the login wants one, and not there: every entry is a miss.
set -euo pipefail
# shellcheck source=tests/storage/engine.sh
source "$(dirname "${BASH_SOURCE[0]}")/engine.sh"

need swift-proxy-server swift-proxy
for kind in account container object; do need "swift-$kind-server" "swift-$kind"; done
[[ -r /etc/swift/swift.conf ]] || skip "no /etc/swift/swift.conf here (apt-get install swift)"
# In its keys the account and the user are separated by a colon.
export AWS_ACCESS_KEY_ID=storage:tester
begin_engine swift
setfattr_probe=$work/probe
: >"$setfattr_probe"
if have setfattr && ! setfattr -n user.probe -v x "$setfattr_probe" 2>/dev/null; then
    skip "the file system of $work has no extended attributes"
fi
mkdir -p "$work/devices/d1" "$work/recon"

# conf_of KIND PORT: the common part of a server's configuration.
conf_of() {
    cat <<END
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = $2
workers = 0
user = $(id -un)
swift_dir = $work
devices = $work/devices
mount_check = false
fallocate_reserve = 0
log_name = $1
END
}

# make_ring KIND PORT
make_ring() {
    swift-ring-builder "$work/$1.builder" create 4 1 0
    swift-ring-builder "$work/$1.builder" add "r1z1-127.0.0.1:$2/d1" 1
    swift-ring-builder "$work/$1.builder" rebalance
}

start_server() {
    local kind=$1 port=$2
    make_ring "$kind" "$port" >>"$work/ring.log" 2>&1
    {
        conf_of "$kind" "$port"
        printf '[pipeline:main]\npipeline = %s-server\n[app:%s-server]\nuse = egg:swift#%s\n' "$kind" "$kind" "$kind"
    } >"$work/$kind.conf"
    start "$kind" "swift-$kind-server" "$work/$kind.conf" --verbose
}

for kind in account container object; do start_server "$kind" "$(free_port)"; done
port=$(free_port)
{
    conf_of proxy "$port"
    cat <<END
[pipeline:main]
pipeline = catch_errors cache s3api tempauth proxy-server
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:1
[filter:s3api]
use = egg:swift#s3api
s3_acl = false
dns_compliant_bucket_names = true
[filter:tempauth]
use = egg:swift#tempauth
user_storage_tester = $AWS_SECRET_ACCESS_KEY .admin
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
node_timeout = 30
conn_timeout = 30
recoverable_node_timeout = 30
END
} >"$work/proxy.conf"
start proxy swift-proxy-server "$work/proxy.conf" --verbose
wait_for swift-proxy curl --silent "http://127.0.0.1:$port/"
wait_for "its servers" make_bucket "127.0.0.1:$port" pictures
engine_url="s3://pictures?endpoint=http://127.0.0.1:$port"
engine_caps='^warn  registration: refused: .*--quorum'
run_conformance
check_mistakes
if [[ -x $node_program ]]; then
    said=$("$node_program" --store "$engine_url" --quorum 2 check-store)
    expect "with a quorum the leader registers" '^info  registration: by the leader alone'
fi
run_flow 2
