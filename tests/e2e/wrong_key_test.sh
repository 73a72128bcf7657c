#!/usr/bin/env bash
# Who has another key, another cluster name, or a key that anybody can read: is told so, and disturbs nobody.
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/e2e.sh"

# Nodes are called CLUSTER-ID here, each cluster with options of its own; the same ids on the same group and port.
declare -A cluster_options=()
node_command() {
    local cluster=${1%-*} id=${1##*-} options
    read -ra options <<<"${cluster_options[$cluster]}"
    command_line=("$node_program" "$id" --http off --store "dir:$cluster_dir/store-$cluster" "${options[@]}"
        --data-dir "$cluster_dir/node-$1" --log-format "$log_format")
}

new_key() { (umask 077 && od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n' >"$1"); }

# as CLUSTER COMMAND...: the client of that cluster.
as() {
    local client_options
    read -ra client_options <<<"${cluster_options[$1]} --images-dir $cluster_dir/images-$1"
    shift
    "$@"
}

leads() { [[ $(leader_by "$1") == "$2" ]]; }

start_three_clusters() {
    local cluster id
    for cluster in ours named keyed; do
        start_node "$cluster-1"
        start_node "$cluster-2"
    done
    for cluster in ours named keyed; do
        need "node 1 of cluster $cluster follows node 2" leads "$cluster-1" 2
        need "a client of $cluster sees its two members" as "$cluster" members_alive 2
    done
    for id in "${!node_pids[@]}"; do calm_from[$id]=$(log_length "$id"); done
}

# Ids that ever joined, each once.
members_joined() { events "$1" member_joined | sed 's/.*"member":\([0-9]*\).*/\1/' | sort -u | xargs; }

check_neighbours() {
    local cluster id
    for cluster in ours named keyed; do
        as "$cluster" upload "an upload to $cluster" photo.png
        equal "is the only one there" 1 "$(count_files "images-$cluster")"
    done
    for cluster in ours named keyed; do
        for id in 1 2; do
            equal "node $id of $cluster saw one leader, and one member" "0 $((3 - id))" \
                "$(changes_since_calm "$cluster-$id") $(members_joined "$cluster-$id")"
        done
        eventually "node 2 of $cluster did a task" has_event "$cluster-2" task_done
        equal "node 2 of $cluster did no other" 1 "$(count_events "$cluster-2" task_done)"
    done
    equal "nodes that cannot open a neighbour's datagrams say so" yes \
        "$(has_event ours-1 datagram_refused && has_line '"reason":"not_authentic"' node-ours-1.log && echo yes)"
}

# neighbour_lines REASON
neighbour_lines() { events ours-1 datagram_refused | grep "\"reason\":\"$1\""; }
neighbour_lines_at_least() { (($(neighbour_lines "$1" | wc -l) >= $2)); }

# They go on for ever; the pauses between the lines double.
check_neighbours_are_not_told_for_ever() {
    local reason times
    for reason in not_authentic wrong_cluster; do
        eventually "a node says $reason again after one second and after two more" neighbour_lines_at_least "$reason" 3
        mapfile -t times < <(neighbour_lines "$reason" | sed 's/.*"mono_us":\([0-9]*\).*/\1/')
        holds "the third line comes two seconds after the second" test $((times[2] - times[1])) -ge 1900000
    done
}

check_client_with_another_key() {
    as stranger refused "status under another key ends with 5" 5 'another key' --timeout 3 status
    as stranger refused "an upload under another key ends with 5" 5 'another key' --timeout 3 upload photo.png
    as stranger ask --json --timeout 3 upload photo.png
    like "as JSON it is other_key" '^\{"event":"result","command":"upload","path":"photo.png","ok":false,"code":"other_key",' "$out"
    holds "nothing was saved" empty_folder images-stranger
    as stranger ask --timeout 3 doctor
    like "doctor says it" 'another key' "$out"
    as ours upload "the cluster goes on" photo.png
}

# What a client of another name hears is not meant for it.
check_client_with_another_name() {
    as nameless refused "another cluster name finds no cluster" 3 'no node answered' --timeout 1 status
}

check_key_files() {
    new_key open.key
    chmod 644 open.key
    refused "a client refuses a key that others can read" 5 'chmod 600 open\.key' --key-file open.key status
    run_node 7 --key-file open.key
    check_refusal "a node refuses it too" 1 'chmod 600 open\.key'
    chmod 600 open.key
    printf 'not a key' >broken.key
    chmod 600 broken.key
    run_node 7 --key-file broken.key
    check_refusal "a file that holds no key is refused" 1 'broken\.key: no cluster key'
    equal "and left alone" "not a key" "$(<broken.key)"
}

# run_node ID OPTION...: a node that is expected to end by itself.
run_node() { capture "$node_program" "$1" --port "$port" --http off --data-dir "$cluster_dir/node-alone" "${@:2}"; }

# In a network of its own: if a key were made after all, nothing must leave this machine.
check_lan_without_key() {
    if ! unshare -Urn true 2>/dev/null; then
        skip_case "--lan without a key: this machine refuses user namespaces"
        return
    fi
    local copy='no cluster key: copy it \(scp HOST:\.config/cloudp2p/cluster\.key .*\), or --new-cluster'
    capture unshare -Urn "$node_program" 7 --lan --data-dir node-lan
    check_refusal "a node on a LAN invents no key" 1 "$copy"
    capture unshare -Urn "$client_program" alice --lan --timeout 2 status
    check_refusal "nor does a client" 4 "$copy"
    holds "no key was made" empty_folder "$XDG_CONFIG_HOME/cloudp2p"
}

# Without --key-file, on loopback: one is made, once, and those who race for it agree.
check_first_key() {
    local id
    cluster_options[first]="--port $first_port"
    for id in 1 2 3; do start_node "first-$id"; done
    for id in 1 2 3; do need "node $id, started with the others without a key, follows node 3" leads "first-$id" 3; done
    equal "one of them says that it made the key" 1 "$(cat node-first-?.log | grep -c '"event":"key_created"')"
    equal "which nobody else can read" 600 "$(stat -c %a "$XDG_CONFIG_HOME/cloudp2p/cluster.key")"
    as first upload "a client finds the key where the nodes have put it" photo.png
}

begin_test wrong-key
port=${network_options[3]}
first_port=$(free_port_pair)
new_key other.key
new_key strange.key
key=$cluster_dir/cluster.key
cluster_options[ours]="--port $port --key-file $key"
cluster_options[named]="--port $port --key-file $key --cluster neighbours"
cluster_options[keyed]="--port $port --key-file $cluster_dir/other.key"
cluster_options[stranger]="--port $port --key-file $cluster_dir/strange.key"
cluster_options[nameless]="--port $port --key-file $key --cluster nobody"
"$make_image_program" photo.png
start_three_clusters
check_neighbours
check_neighbours_are_not_told_for_ever
check_client_with_another_key
check_client_with_another_name
check_key_files
check_lan_without_key
check_first_key
end_test
