# shellcheck shell=bash
# CloudP2P in its default profile (heartbeat 20 ms, failure timeout 100 ms) over multicast on eth0.
# Variants: ours-nolink, without the TCP link that tells of a crash, so heartbeats alone; ours-fastest, as impatient as
# the peers are set here: heartbeat 5 ms, failure timeout 20 ms, with the right to SCHED_RR.
# Read from: the event `leader_changed` on standard error (0.1 ms). Known: each survivor has adopted another leader.

: "${node_program:?set by cluster.sh}" "${work?set by lab.sh}" "${tool?}"
programs() { printf '%s\n' "$node_program"; }

prepare() {
    shed_environment
    (umask 077 && od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n' >"$work/cluster.key")
    : >"$work/node.toml"
    case $tool in
        *-nolink) printf '[election]\ncrash_link = false\n' >"$work/node.toml" ;;
        *-fastest) printf '[election]\nheartbeat_interval_ms = 5\nfailure_timeout_ms = 20\n' >"$work/node.toml" ;;
    esac
}

start_host() {
    launch "$1" "$node_program" "$1" --config "$work/node.toml" --interface eth0 --key-file "$work/cluster.key" \
        --http off --store "dir:$work/store" --data-dir "$work/node-$1" --log-format json
}

adopted_by() {
    grep -E '"event": *"(started|leader_changed)"' "$(log_of "$1")" | tail -n 1 | grep -oE '"leader": *[0-9]+' | grep -oE '[0-9]+$'
}
who_leads() { all_say adopted_by; }

known_at() {
    awk -v victim="$2" -v since="$3" '
        $1 >= since && /"event": *"leader_changed"/ && match($0, /"leader": *[0-9]+/) {
            leader = substr($0, RSTART, RLENGTH); sub(/.*[^0-9]/, "", leader)
            if (leader != victim) { print $1; exit }
        }' "$(log_of "$1")"
}
agreed_at() { last_of known_at "$@"; }

# One per epoch that anybody adopted.
elections() {
    cat "$work"/h*.log | awk -v from="$1" -v to="$2" '
        $1 >= from && $1 <= to && /"event": *"leader_changed"/ && /"leader": *[0-9]/ &&
            match($0, /"epoch": *"?[^",}]*/) && !seen[substr($0, RSTART, RLENGTH)]++ { ++count }
        END { print count + 0 }'
}
