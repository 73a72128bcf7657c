# shellcheck shell=bash
# Chains of other people's programs that bring a file to three hosts and encrypt it there. Sourced by upload.sh, never
# run. A chain C has: program_C (what must be there), begin_C, session_C FILE N (see upload.sh, measure), end_C.
#
# Both end when the encrypted file lies at the last server: unlike ours it is not brought back, nor decrypted and compared.

: "${scratch?set by upload.sh}" "${rounds?}" "${bed?}" "${prefix:?set by hosts.sh}" "${peers_root:?}" "${peers_libraries:?}"
user_key=$(printf alice | sha256sum | cut -c 1-32)

# start_server N COMMAND...: in host N of this bed.
start_server() {
    nsenter "--net=$(netns_for "$1")" env "LD_LIBRARY_PATH=$peers_libraries" "${@:2}" </dev/null >>"$scratch/server-$1.log" 2>&1 &
    server_pids+=($!)
    disown
}
stop_servers() {
    local pid
    for pid in "${server_pids[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
    stop_within 5 "${server_pids[@]}"
    server_pids=()
}

# encrypt FILE OUT: what the leader does: the digest, and AES-128-CTR.
encrypt() {
    openssl dgst -sha256 "$1" >/dev/null && openssl enc -aes-128-ctr -K "$user_key" -iv "$user_key" -in "$1" -out "$2"
}

# chain SEND FILE N: the session of both; SEND FILE N INDEX brings the file to three hosts and prints where the last is.
chain() {
    local i begin arrived
    for ((i = 0; i <= rounds; ++i)); do
        begin=$(now_us)
        if arrived=$("$1" "$2" "$3" "$i") && encrypt "$arrived" "$arrived.enc"; then
            printf '%s %s\n' "$(now_us)" "$(format_us $(($(now_us) - begin)) MS)"
            rm -f "$arrived.enc"
        else
            printf '%s failed\n' "$(now_us)"
        fi
    done
}

# --- UFTP
program_uftp() { printf '%s\n' "$peers_root/usr/bin/uftp"; }

begin_uftp() {
    local n
    for n in 1 2 3; do
        mkdir -p "$scratch/uftp-$n"
        start_server "$n" "$peers_root/usr/bin/uftpd" -d -t -x 1 -B 4194304 -I eth0 -U "0x0000000$n" -D "$scratch/uftp-$n"
    done
    sleep 0.5
}
send_by_uftp() {
    local name=object-$2-$3
    rm -f "$scratch"/uftp-[123]/"$name"
    ln -f "$1" "$scratch/$name"
    nsenter "--net=$(netns_for 4)" env "LD_LIBRARY_PATH=$peers_libraries" "$peers_root/usr/bin/uftp" -x 0 -I eth0 -t 1 \
        -B 4194304 -b 1452 -r 0.01:0.001:0.5 -s 50 -R -1 -H 0x00000001,0x00000002,0x00000003 "$scratch/$name" >&2 &&
        printf '%s\n' "$scratch/uftp-3/$name"
}
session_uftp() { chain send_by_uftp "$@"; }
end_uftp() { stop_servers; }

# --- HTTP: PUT to three servers at once
program_http() { printf '%s\n' "$peers_root/usr/sbin/nginx"; }

http_address() {
    if [[ $bed == bridge ]]; then printf '%s:8090\n' "$(address_of "$1")"; else printf '127.0.0.1:809%d\n' "$1"; fi
}
begin_http() {
    local n
    for n in 1 2 3; do
        mkdir -p "$scratch/http-$n/in" "$scratch/http-$n/tmp"
        cat >"$scratch/http-$n/nginx.conf" <<CONF
daemon off;
master_process off;
user root;
error_log stderr error;
pid $scratch/http-$n/pid;
events { worker_connections 512; }
http {
    access_log off;
    client_max_body_size 0;
    client_body_buffer_size 1m;
    client_body_temp_path $scratch/http-$n/tmp;
    proxy_temp_path $scratch/http-$n/tmp; fastcgi_temp_path $scratch/http-$n/tmp;
    uwsgi_temp_path $scratch/http-$n/tmp; scgi_temp_path $scratch/http-$n/tmp;
    server {
        listen $(http_address "$n");
        root $scratch/http-$n/in;
        location / { dav_methods PUT; }
    }
}
CONF
        start_server "$n" "$peers_root/usr/sbin/nginx" -p "$scratch/http-$n" -c "$scratch/http-$n/nginx.conf" -e stderr
    done
    sleep 0.5
}
send_by_http() {
    local n urls=()
    for n in 1 2 3; do urls+=(-T "$1" "http://$(http_address "$n")/object-$2-$3"); done
    nsenter "--net=$(netns_for 4)" curl -sS --fail --parallel --parallel-immediate -H 'Expect:' "${urls[@]}" >&2 &&
        printf '%s\n' "$scratch/http-3/in/object-$2-$3"
}
session_http() { chain send_by_http "$@"; }
end_http() { stop_servers; }
