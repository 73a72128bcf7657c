# shellcheck shell=bash
# corosync (Totem membership). It elects nobody: the lowest node id, the representative of the ring, stands in for the
# leader. Read from: its log line "Members" on standard error (0.1 ms), written when the survivors have synchronised.
# Known: each survivor has a membership of all survivors and nobody else; false elections are new rings.

: "${hosts:?set by lab.sh}" "${work?}" "${tool?}" "${peers_root:?set by hosts.sh}" "${peers_libraries:?}"
programs() { printf '%s\n' "$peers_root/usr/sbin/corosync"; }

# token 40, consensus 48: near the least that its manual allows (retransmit, token / 1.2, at least 30 ms: a token of 36;
#   consensus at least 1.2 times the token). Tried without loss, 2 kills each: a token of 100 took 187 ms, 60 took 106 to
#   129, 38 took 78 to 81; no false ring in 8 s with 60 and 38. A longer token under loss was not tried.
# token_retransmits_before_loss_const 1: with more of them, retransmit would fall below 30 ms.
# token_coefficient 0: else every node beyond two adds 650 ms.
# join 40: less than the consensus.
# transport udpu: with knet there were false rings on an idle network without loss (in 8 s 4 at a token of 100, 12 at 60).
# crypto none: there is nothing to gain from it here.
# Variant corosync-100: token 100, the calmer one.
prepare() {
    local n token=40
    if [[ $tool == *-100 ]]; then token=100; fi
    {
        printf 'totem {\n version: 2\n cluster_name: bench\n transport: udpu\n crypto_cipher: none\n crypto_hash: none\n'
        printf ' token: %d\n token_coefficient: 0\n token_retransmits_before_loss_const: 1\n consensus: %d\n join: 40\n}\n' "$token" $((token * 6 / 5))
        printf 'logging {\n to_stderr: yes\n to_syslog: no\n to_logfile: no\n}\n'
        printf 'quorum {\n provider: corosync_votequorum\n}\nsystem {\n state_dir: /run\n sched_rr: yes\n}\nnodelist {\n'
        for ((n = 1; n <= hosts; ++n)); do printf ' node {\n  nodeid: %d\n  name: h%d\n  ring0_addr: %s\n }\n' "$n" "$n" "$(address_of "$n")"; done
        printf '}\n'
    } >"$work/corosync.conf"
}

start_host() {
    launch "$1" env "LD_LIBRARY_PATH=$peers_libraries" "$peers_root/usr/sbin/corosync" -f -c "$work/corosync.conf"
}

# except HOST: the members without it, as the log writes them.
except() {
    local n
    for ((n = 1; n <= hosts; ++n)); do if ((n != $1)); then printf ' %d' "$n"; fi; done
}

who_leads() {
    local n last
    for ((n = 1; n <= hosts; ++n)); do
        last=$(grep -oE ' Members\[[0-9]+\]:[ 0-9]*' "$(log_of "$n")" | tail -n 1)
        [[ $last == *":$(except 0)" ]] || return 1
    done
    printf '1\n'
}

known_at() {
    awk -v members=" Members[$((hosts - 1))]:$(except "$2")" -v since="$3" '
        $1 >= since && index($0, members) { print $1; exit }' "$(log_of "$1")"
}
agreed_at() { last_of known_at "$@"; }

# One per ring that was formed.
elections() {
    cat "$work"/h*.log | awk -v from="$1" -v to="$2" '
        $1 >= from && $1 <= to && match($0, /A new membership \([^)]*\)/) && !seen[substr($0, RSTART, RLENGTH)]++ { ++count }
        END { print count + 0 }'
}
