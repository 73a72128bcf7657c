#!/usr/bin/env bash
# Downloads who is online and their images: one folder a user, with info.json and the pictures.
# Usage: download_online_clients.sh [LEADER_URL]     (default http://localhost:3000)
#
# Writes ./online_clients/<user>/info.json and the images beside it; users without images get a folder too. Any node's
# address will do: one that does not lead names the leader, which is asked then.
#   CLOUDP2P_TOKEN=TOKEN   for nodes on other machines: what `node token` shows
# Exit codes: 0 done, 1 failed, 2 usage, 3 no leader.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

output=./online_clients
ruler=$(printf '=%.0s' {1..35})

need_program() {
    have "$1" || fail "$1 is missing: sudo apt-get install $2"
}

# fetch URL FILE: prints the status. The token goes in by standard input: arguments can be seen by others.
fetch() {
    local options=""
    if [[ -n ${CLOUDP2P_TOKEN:-} ]]; then options="header = \"Authorization: Bearer $CLOUDP2P_TOKEN\""; fi
    curl -sS -m 120 -K - -o "$2" -w '%{http_code}' "$1" <<<"$options"
}

# why: what the answer in $data says.
why() { jq -r '.message // empty' <"$data" 2>/dev/null || true; }

# fetch_from_leader: asks $leader, and the one that it names if that is another; sets $leader. Into $data.
fetch_from_leader() {
    local status named hops
    for ((hops = 0; hops < 3; ++hops)); do
        printf 'Fetching data from %s/discover_with_images...\n' "$leader"
        status=$(fetch "$leader/discover_with_images" "$data") || fail "$leader does not answer"
        case $status in
            200) return ;;
            403) named=$(jq -r '.current_leader // empty' <"$data" 2>/dev/null || true) ;;
            401) fail "$leader wants a token: set CLOUDP2P_TOKEN to what 'node token' shows there" ;;
            503)
                if [[ $(why) != "No leader"* ]]; then fail "$leader cannot answer now: $(why)"; fi
                printf '%s: no leader at the moment: try again\n' "${0##*/}" >&2 && exit 3
                ;;
            *) fail "$leader answered $status: $(why)" ;;
        esac
        if [[ ! $named =~ ^[A-Za-z0-9.:-]+$ ]]; then fail "$leader refused: $(why)"; fi
        leader=${leader%%://*}://$named
    done
    fail "each node names another leader: try again"
}

# Names come from the network; only these may become files.
is_plain() { [[ $1 =~ ^[A-Za-z0-9._-]+$ && $1 != . && $1 != .. ]]; }

# save_client INDEX
save_client() {
    local name addr folder count image file
    name=$(jq -r ".online_clients[$1].username" <"$data")
    addr=$(jq -r ".online_clients[$1].addr" <"$data")
    is_plain "$name" || fail "the answer names a user that cannot be one"
    folder=$output/$name
    mkdir -p "$folder"
    jq -c ".online_clients[$1] | {username, addr}" <"$data" >"$folder/info.json"
    count=$(jq ".online_clients[$1].images | length" <"$data")
    printf '\nClient: %s @ %s\n  Images: %d\n' "$name" "$addr" "$count"
    for ((image = 0; image < count; ++image)); do
        file=$(jq -r ".online_clients[$1].images[$image].filename" <"$data")
        is_plain "$file" || fail "the answer names an image that cannot be one"
        jq -r ".online_clients[$1].images[$image].data" <"$data" | base64 -d >"$folder/$file"
        printf '    ✓ %s\n' "$file"
    done
}

case ${1:-} in
    -h | --help) print_help && exit ;;
    -*) usage_error "unknown option $1" ;;
esac
(($# <= 1)) || usage_error "one address at most"
need_program curl curl
need_program jq jq
need_program base64 coreutils
leader=${1:-http://localhost:3000}
leader=${leader%/}
[[ $leader == *://* ]] || leader=http://$leader

data=$(mktemp)
trap 'rm -f "$data"' EXIT
printf '%s\nDownloading Online Clients & Images\n%s\nLeader: %s\nOutput: %s\n\n' "$ruler" "$ruler" "$leader" "$output"
fetch_from_leader
clients=$(jq '.online_clients | length' <"$data")
for ((client = 0; client < clients; ++client)); do save_client "$client"; done
printf '\n%s\nDownload complete!\nFiles saved to: %s/\n%s\n' "$ruler" "$output" "$ruler"
