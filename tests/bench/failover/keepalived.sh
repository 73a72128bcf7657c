# shellcheck shell=bash
# keepalived (VRRP). Read from: its notify FIFO (0.1 ms), written after the address is set. Known: a survivor is MASTER;
# the other one stays BACKUP and reports nothing, it learns of the new master by the next advertisement.

: "${hosts:?set by lab.sh}" "${work?}" "${peers_root:?set by hosts.sh}" "${peers_libraries:?}"
programs() { printf '%s\n' "$peers_root/usr/sbin/keepalived"; }

# version 3, advert_int 0.01: the shortest interval that VRRP can express; version 2 counts in seconds. A backup waits
#   for 3 of them and the skew.
# priority 251 to 253: the skew is (256 - priority) / 256 of an interval, so the highest priorities take over first.
# preempt (the default): the highest is master, as in our cluster.
# rt_priority: asked for and granted like ours. garp_master: what it sends after a takeover is not needed here.
prepare() {
    local n
    for ((n = 1; n <= hosts; ++n)); do
        mkfifo "$work/notify-$n"
        : >"$work/notify-$n.log"
        stamp_into "$work/notify-$n.log" <"$work/notify-$n" &
        disown
        cat >"$work/keepalived-$n.conf" <<CONF
global_defs {
    router_id h$n
    vrrp_version 3
    vrrp_rt_priority 50
    vrrp_no_swap
    vrrp_garp_master_repeat 1
    vrrp_garp_master_delay 0
    vrrp_notify_fifo $work/notify-$n
    script_user root
    enable_script_security
}
vrrp_instance bench {
    interface eth0
    virtual_router_id 67
    state BACKUP
    priority $((253 - hosts + n))
    advert_int 0.01
    virtual_ipaddress {
        $(address_of 100)/32
    }
}
CONF
    done
}

start_host() {
    launch "$1" env "LD_LIBRARY_PATH=$peers_libraries" "$peers_root/usr/sbin/keepalived" --vrrp --dont-fork --log-console \
        --use-file="$work/keepalived-$1.conf" --pid=/run/k.pid --vrrp_pid=/run/v.pid
}

# Of several masters the highest: the others are about to hear it and to step back.
who_leads() {
    local n
    for ((n = hosts; n >= 1; --n)); do
        if [[ $(grep -oE ' (MASTER|BACKUP|FAULT|STOP) ' "$work/notify-$n.log" | tail -n 1) == " MASTER " ]]; then
            printf '%d\n' "$n"
            return
        fi
    done
    return 1
}

agreed_at() {
    local n
    for ((n = 1; n <= hosts; ++n)); do
        if ((n != $1)); then awk -v since="$2" '$1 >= since && / MASTER / { print $1 }' "$work/notify-$n.log"; fi
    done | sort -n | head -n 1 | grep .
}

elections() {
    cat "$work"/notify-*.log | awk -v from="$1" -v to="$2" '$1 >= from && $1 <= to && / MASTER / { ++count } END { print count + 0 }'
}
