# shellcheck shell=bash
# etcd (Raft). Read from: its log lines "elected leader" and "changed leader" on standard error (0.1 ms). Known: each
# survivor has written one of them for another leader.

: "${hosts:?set by lab.sh}" "${work?}" "${peers_root:?set by hosts.sh}" "${peers_libraries:?}"
programs() { printf '%s\n' "$peers_root/usr/bin/etcd"; }

# heartbeat-interval 10, election-timeout 100: a tenth of its defaults (100, 1000), in their ratio; shorter was not tried.
# pre-vote: a member that lost a few heartbeats asks before it raises the term. Calmer under loss, and costs one round trip.
# The data is on tmpfs: no vote waits for a disk.
prepare() {
    local n
    members=""
    for ((n = 1; n <= hosts; ++n)); do members+="h$n=http://$(address_of "$n"):2380,"; done
}

start_host() {
    local here_url
    here_url=http://$(address_of "$1")
    launch "$1" "$peers_root/usr/bin/etcd" --name "h$1" --data-dir "$work/data-$1" \
        --listen-peer-urls "$here_url:2380" --initial-advertise-peer-urls "$here_url:2380" \
        --listen-client-urls "$here_url:2379" --advertise-client-urls "$here_url:2379" \
        --initial-cluster "${members%,}" --initial-cluster-state new \
        --heartbeat-interval 10 --election-timeout 100 --pre-vote --logger zap --log-outputs stderr
}

# The number that member N goes by in the logs.
name_in_logs() { grep -om1 '"local-member-id":"[0-9a-f]*"' "$(log_of "$1")" | cut -d '"' -f 4; }

elected_by() {
    local name n
    # "lost leader" takes back what was elected before.
    name=$(grep -oE 'elected leader [0-9a-f]+|changed leader from [0-9a-f]+ to [0-9a-f]+|lost leader' "$(log_of "$1")" | tail -n 1)
    name=${name##* }
    for ((n = 1; n <= hosts; ++n)); do
        if [[ -n $name && $(name_in_logs "$n") == "$name" ]]; then printf '%d\n' "$n"; fi
    done
}
who_leads() { all_say elected_by; }

# "changed" when it heard of the new one before it had missed the old one, as after SIGTERM.
known_at() {
    awk -v victim="$(name_in_logs "$2")" -v since="$3" '
        $1 >= since && match($0, /(elected leader|changed leader from [0-9a-f]+ to) [0-9a-f]+/) {
            leader = substr($0, RSTART, RLENGTH); sub(/.* /, "", leader)
            if (leader != victim) { print $1; exit }
        }' "$(log_of "$1")"
}
agreed_at() { last_of known_at "$@"; }

# One per term in which somebody stood for election.
elections() {
    cat "$work"/h*.log | awk -v from="$1" -v to="$2" '
        $1 >= from && $1 <= to && match($0, /became candidate at term [0-9]+/) &&
            !seen[substr($0, RSTART, RLENGTH)]++ { ++count }
        END { print count + 0 }'
}
