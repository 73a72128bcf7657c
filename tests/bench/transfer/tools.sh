# shellcheck shell=bash
# The tools of the transfer bench: how each sends the object from host 1 to hosts 2 to `receivers` + 1. Sourced by
# transfer.sh, never run. For a tool T (the part before a dash):
#
#   settings_T      what may be tried in this bed; the fastest is kept (transfer.sh, choose_setting)
#   receive_T N     launches a receiver, which says "ready"
#   send_T          launches the sender
#   ready_T N, begun_T, done_at_T N   where its words are not ours: true, or the time in us since 1970
#   same_T N        where it does not compare the object itself
#
# README.md has the reasons of the settings.

: "${object?set by transfer.sh}" "${receivers?}" "${wire?}" "${loss?}" "${tool?}" "${setting?}" "${programs?}"
: "${prefix:?set by hosts.sh}" "${peers_root:?}" "${peers_libraries:?}" "${work?}"

# Mbit/s that a tool without congestion control may be told to send at: shares of the wire, or of what this bed carries.
rates() {
    if [[ $wire == free ]]; then
        printf '%d\n' 200 400 600 900 1300
    else
        printf '%d\n' $((wire * 60 / 100)) $((wire * 80 / 100)) $((wire * 90 / 100)) $((wire * 96 / 100))
    fi
}

receiver_addresses() {
    local n list=""
    for ((n = 2; n <= receivers + 1; ++n)); do list+=",$(address_of "$n")"; done
    printf '%s\n' "${list#,}"
}

# Of our own programs, which say what they do.
ready_any() { grep -q ' ready' "$(log_of "$1")"; }
begun_any() { awk '$2 == "begin" { print $3; exit }' "$(log_of 1)"; }
done_at_any() { awk '$2 == "done" { print $3; exit }' "$(log_of "$1")"; }
same_any() { :; }

# --- ours: no setting at all
settings_ours() { echo -; }
receive_ours() { launch "$1" "$programs/bench_transfer" receive "$object" "id=$1"; }
send_ours() { launch 1 "$programs/bench_transfer" send "$object" "receivers=$receivers"; }

# --- raw multicast, plain or sealed: blast, blast-sealed
settings_blast() { echo -; }
blast_program() {
    launch "$1" "$programs/bench_blast" "$2" "$object" "address=$(address_of "$1")" "seal=$([[ $tool == blast ]] || echo 1)"
}
receive_blast() { blast_program "$1" receive; }
send_blast() { blast_program 1 send; }

# --- TCP to each: tcp-cubic, tcp-bbr
settings_tcp() { echo -; }
receive_tcp() { launch "$1" "$prefix/bin/tcp" receive "$object"; }
send_tcp() { launch 1 "$prefix/bin/tcp" send "$object" "to=$(receiver_addresses)" "cc=${tool#tcp-}"; }

# --- NORM: a rate, and parity of each block of 64 that goes out unasked; rate 0 is its own congestion control
settings_norm() {
    local rate
    echo 0:0
    for rate in $(rates); do
        printf '%d:0\n' "$rate"
        if ((loss > 0)); then printf '%d:%d\n' "$rate" $((64 * loss * 2 / 100 + 1)); fi
    done
}
norm_program() {
    launch "$1" env "LD_LIBRARY_PATH=$peers_libraries" "$prefix/bin/norm" "$2" "$object" "id=$1" \
        "receivers=$receivers" "rate=${setting%:*}" "parity=${setting#*:}"
}
receive_norm() { norm_program "$1" receive; }
send_norm() { norm_program 1 send; }

# --- PGM: a rate
settings_pgm() { rates; }
pgm_program() {
    launch "$1" env "LD_LIBRARY_PATH=$peers_libraries" "$prefix/bin/pgm" "$2" "$object" "rate=$setting" \
        "address=$(address_of "$1")"
}
receive_pgm() { pgm_program "$1" receive; }
send_pgm() { pgm_program 1 send; }

# --- UFTP: a rate (kbit/s; -1: as fast as the socket takes it). A list of its receivers ends the registration when the
# last one is there.
settings_uftp() {
    if [[ $wire == free ]]; then echo -1; fi
    rates
}
receive_uftp() {
    mkdir -p "$work/got-$1"
    launch "$1" env "LD_LIBRARY_PATH=$peers_libraries" "$peers_root/usr/bin/uftpd" -d -t -x 2 -B 4194304 -I eth0 \
        -U "$(printf '0x%08X' "$1")" -D "$work/got-$1"
}
send_uftp() {
    local n list=""
    for ((n = 2; n <= receivers + 1; ++n)); do list+=$(printf ',0x%08X' "$n"); done
    # shellcheck disable=SC2016 # for the inner shell
    launch 1 env "LD_LIBRARY_PATH=$peers_libraries" sh -c 'echo begin; exec "$@"' uftp "$peers_root/usr/bin/uftp" -x 1 \
        -I eth0 -t 1 -B 4194304 -b 1452 -r 0.01:0.001:0.5 -s 50 -H "${list#,}" \
        -R $((setting < 0 ? -1 : setting * 1000)) "$object"
}
ready_uftp() { grep -qiE 'Loaded|Starting' "$(log_of "$1")"; }
begun_uftp() { awk '/ begin$/ { print $1; exit }' "$(log_of 1)"; }
done_at_uftp() { awk '/File transfer complete|received/ { print $1; exit }' "$(log_of "$1")"; }
same_uftp() { cmp -s "$object" "$work/got-$1/${object##*/}"; }

# --- udpcast: full duplex (it waits for the receivers' answers), with and without parity
settings_udpcast() {
    echo 8x8/128
    echo none
}
# Its receiver stays for half a second, lest the sender miss its last word: what counts is the last byte that it writes.
receive_udpcast() {
    # shellcheck disable=SC2016 # for the inner shell
    launch "$1" sh -c 'file=$1 size=$2; shift 2; echo ready; "$@" | { head -c "$size" >"$file"; echo end; cat; }' udp \
        "$work/got-$1" "$(stat -c %s "$object")" "$peers_root/usr/bin/udp-receiver" --interface eth0 --nokbd --nosync \
        --ttl 1 --mcast-rdv-address 239.255.67.93 --rcvbuf 4194304 --no-progress
}
# A second to meet in, which does not count: whoever misses the sender's answer would be waited for without an end.
send_udpcast() {
    local options=(--full-duplex)
    if [[ $setting != none ]]; then options+=(--fec "$setting"); fi
    launch 1 "$peers_root/usr/bin/udp-sender" --interface eth0 --nokbd --no-progress --ttl 1 \
        --mcast-rdv-address 239.255.67.93 --min-receivers "$receivers" --min-wait 1 --rexmit-hello-interval 20 \
        "${options[@]}" --file "$object"
}
ready_udpcast() { ready_any "$1"; }
begun_udpcast() { awk '/Starting transfer/ { print $1; exit }' "$(log_of 1)"; }
done_at_udpcast() { awk '/ end$/ { print $1; exit }' "$(log_of "$1")"; }
same_udpcast() { cmp -s "$object" "$work/got-$1"; }
