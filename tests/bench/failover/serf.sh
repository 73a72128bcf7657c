# shellcheck shell=bash
# serf (SWIM membership). It elects nobody: the highest host stands in for the leader. Read from: its log on standard
# output (0.1 ms). Known: each survivor has the member as failed or left; false elections are members falsely called failed.

: "${hosts:?set by lab.sh}" "${work?}" "${peers_root:?set by hosts.sh}" "${peers_libraries:?}"
programs() { printf '%s\n' "$peers_root/usr/bin/serf"; }

# profile=local: the fastest of its three (gossip every 100 ms, probe timeout 200 ms, suspicion multiplier 3 and not 4);
#   the interval of the probes, 1 s, cannot be set.
# leave_on_terminate: SIGTERM is a farewell, as with the others; by default only SIGINT is.
prepare() { printf '{ "leave_on_terminate": true }\n' >"$work/serf.json"; }

start_host() {
    local join=()
    if (($1 > 1)); then join=(-retry-join="$(address_of 1)" -retry-interval=1s); fi
    launch "$1" "$peers_root/usr/bin/serf" agent -node="h$1" -bind="$(address_of "$1")" -rpc-addr=127.0.0.1:7373 \
        -config-file="$work/serf.json" -profile=local -log-level=info "${join[@]}"
}

who_leads() {
    local n
    for ((n = 1; n <= hosts; ++n)); do
        (($(grep -oE 'EventMemberJoin: h[0-9]+' "$(log_of "$n")" | sort -u | wc -l) == hosts)) || return 1
    done
    printf '%d\n' "$hosts"
}

known_at() {
    awk -v victim="h$2" -v since="$3" '
        $1 >= since && match($0, /EventMember(Failed|Leave): h[0-9]+/) {
            name = substr($0, RSTART, RLENGTH); sub(/.* /, "", name)
            if (name == victim) { print $1; exit }
        }' "$(log_of "$1")"
}
agreed_at() { last_of known_at "$@"; }

# Each false word reaches all hosts: the one that heard most counts.
elections() {
    local n
    for ((n = 1; n <= hosts; ++n)); do
        awk -v from="$1" -v to="$2" '$1 >= from && $1 <= to && /EventMemberFailed/ { ++count } END { print count + 0 }' "$(log_of "$n")"
    done | sort -n | tail -n 1
}
