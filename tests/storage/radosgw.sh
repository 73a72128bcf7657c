#!/usr/bin/env bash
# The conformance program, and the flow of the HTTP API, on Ceph: one monitor, one OSD in memory and the object gateway.
# Usage: radosgw.sh
set -euo pipefail
# shellcheck source=tests/storage/engine.sh
source "$(dirname "${BASH_SOURCE[0]}")/engine.sh"

need ceph-mon ceph-mon
need ceph-osd ceph-osd
need radosgw radosgw
begin_engine radosgw
mon_port=$(free_port)
port=$(free_port)
fsid=$(cat /proc/sys/kernel/random/uuid)
conf=$work/ceph.conf
# Pools of one copy and few groups; no authentication inside of what nobody else reaches (the gateway would ask for an
# encrypted monitor, which needs it).
cat >"$conf" <<END
[global]
fsid = $fsid
mon initial members = a
mon host = v2:127.0.0.1:$mon_port
public addr = 127.0.0.1
auth cluster required = none
auth service required = none
auth client required = none
auth allow insecure global id reclaim = false
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon warn on pool no redundancy = false
run dir = $work
log to file = false
log to stderr = true
err to stderr = true
admin socket = $work/\$cluster-\$name.asok
pid file = $work/\$name.pid
keyring = $work/keyring
[mon]
mon data = $work/mon
mon data avail crit = 0
mon data avail warn = 0
mon cluster log to file = false
[osd]
osd data = $work/osd
osd objectstore = memstore
memstore device bytes = 1073741824
osd class load list = *
osd class default list = *
[client]
rgw dns name = localhost
rgw frontends = beast endpoint=127.0.0.1:$port
rgw thread pool size = 32
ms mon client mode = crc
rgw crypt require ssl = false
END

ceph_tool() { timeout 30 ceph --conf "$conf" "$@"; }

mkdir "$work/mon" "$work/osd"
monmaptool --create --fsid "$fsid" --addv a "[v2:127.0.0.1:$mon_port]" "$work/monmap" >"$work/monmap.log" 2>&1
ceph-mon --conf "$conf" --id a --mkfs --monmap "$work/monmap" >"$work/mon-mkfs.log" 2>&1
start mon ceph-mon --conf "$conf" --id a --foreground
wait_for ceph-mon ceph_tool status
osd_id=$(ceph_tool osd create 2>>"$work/tool.log")
ceph-osd --conf "$conf" --id "$osd_id" --mkfs >"$work/osd-mkfs.log" 2>&1
start osd ceph-osd --conf "$conf" --id "$osd_id" --foreground
is_up() { ceph_tool osd stat | grep -q '1 up'; }
wait_for ceph-osd is_up
start rgw radosgw --conf "$conf" --name client.rgw --foreground
wait_for radosgw curl --silent "http://127.0.0.1:$port/"
timeout 60 radosgw-admin --conf "$conf" user create --uid storage --display-name storage \
    --access-key "$AWS_ACCESS_KEY_ID" --secret "$AWS_SECRET_ACCESS_KEY" >"$work/user.log" 2>&1
make_bucket "127.0.0.1:$port" pictures
engine_url="s3://pictures?endpoint=http://127.0.0.1:$port&region=default"
engine_caps='^info  registration: by a put that only creates'
run_conformance
check_mistakes
run_flow 0
