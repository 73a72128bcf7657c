# shellcheck shell=bash
# shellcheck disable=SC2034 # some variables are for those who source this
# What the tests of the HTTP API share. Sourced after e2e.sh, never run.
#
# start_http_nodes ID... gives each node a port of its own; call ID METHOD PATH [CURL_OPTION...] sets status, body and
# headers.

: "${cluster_dir?set by e2e.sh}" "${patience:?}"

for program in curl jq; do
    have "$program" || skip "$program is not installed"
done

# A TCP port that nobody holds, below the range from which the kernel deals.
free_tcp_port() {
    local held port attempt
    held=$(cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk '{ sub(/.*:/, "", $2); print $2 }')
    for ((attempt = 0; attempt < 100; ++attempt)); do
        port=$((20000 + RANDOM % 12000))
        grep -qixF "$(printf '%04X' "$port")" <<<"$held" || break
    done
    printf '%d\n' "$port"
}

start_http_nodes() {
    local id port
    for id in "$@"; do
        until port=$(free_tcp_port) && [[ " ${node_http[*]} " != *" $port "* ]]; do :; done
        node_http["$id"]=$port
    done
    start_nodes "$@"
}

# own_stores: each node has a folder of its own, store-ID, instead of the one for all.
own_stores() {
    node_command() {
        command_line=("$node_program" "$1" "${network_options[@]}" --store "dir:$cluster_dir/store-$1"
            --http "${node_http[$1]}" --data-dir "$cluster_dir/node-$1" --log-format "$log_format")
    }
}

# same_objects ID ID: of two such nodes; large.bin is what is too large to be sent.
same_objects() { diff -r -x '.cloudp2p-*' -x large.bin "store-$1" "store-$2" >/dev/null; }

api() { printf '127.0.0.1:%d\n' "${node_http[$1]}"; }

# call ID METHOD PATH [CURL_OPTION...]
call() {
    local id=$1 method=$2 path=$3
    shift 3
    : >"$cluster_dir/body" # curl leaves it alone when nothing comes
    status=$(curl -s --path-as-is -m "$patience" -X "$method" -o "$cluster_dir/body" -D "$cluster_dir/headers" \
        -w '%{http_code}' "$@" "http://$(api "$id")$path") || status="curl $?"
    body=$(tr -cd '[:print:]\n' <"$cluster_dir/body")
    headers=$(tr -d '\r' <"$cluster_dir/headers")
}

# post ID PATH JSON [CURL_OPTION...]
post() { call "$1" POST "$2" -H 'Content-Type: application/json' -d "$3" "${@:4}"; }

# answered SENTENCE STATUS REGEX: of the last call.
answered() { like "$1" "^$2 $3" "$status $body"; }

# shape FILTER: the last body through jq; empty when it is no JSON.
shape() { jq -rc "$1" <<<"$body" 2>/dev/null || true; }

is_leading() {
    call "$1" GET /
    [[ $(shape .is_leader) == true ]]
}

