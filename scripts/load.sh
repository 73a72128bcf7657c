# shellcheck shell=bash
# Uploads without pause by several clients, each one session of `client --json`: what a cluster is asked while its leaders
# come and go, and every answer with its time. Sourced after cluster.sh, never run.
#
# begin_load IMAGE CLIENTS PAUSE_MS, end_load; stop_load in any case, also in a hurry. In $load_dir then, for client N:
#   results-N  one a line for each answer: TIME in us since 1970, N, "done" or "failed", TASK, SENDS, MILLIS
#   asked-N    how many uploads were asked for          count-N   how many were answered (while it runs, too)
#   missing-N  one a line for each saved file that was not there when it was to be deleted

: "${cluster_dir?set by cluster.sh}"
load_dir=""
load_images=""
declare -A uploaders=()
answers_before=() # by note_answers
busy_pids=()

begin_load() {
    local n
    load_dir=$cluster_dir/load
    # In memory, unless somebody chose a place: how long the disk of a client takes is not what is measured here.
    load_images=$(mktemp -d "${TMPDIR:-/dev/shm}/cloudp2p-images.XXXXXX" 2>/dev/null ||
        mktemp -d "$cluster_dir/images.XXXXXX")
    mkdir "$load_dir"
    cp "$1" "$load_dir/picture.${1##*.}" # a name without blanks
    touch "$load_dir/go"
    for ((n = 1; n <= $2; ++n)); do
        : >"$load_dir/results-$n"
        echo 0 >"$load_dir/count-$n"
        uploader "$n" "picture.${1##*.}" "$3" 2>>"$load_dir/errors" &
        uploaders[$n]=$!
        disown
    done
}

# uploader N PICTURE PAUSE_MS: asks for the next upload when the last one has been answered.
uploader() {
    local LC_ALL=C asked=0 answered=0 answer="" saved=() pause ask answers never
    pause=$(printf '0.%03d' "$3")
    close_private_fds
    cd "$load_dir" || exit
    mkfifo "ask-$1" "answers-$1" "never-$1"
    client_options+=(--images-dir "$load_images/$1")
    (exec_client --json --quiet --keep-going --timeout 60) <"ask-$1" >"answers-$1" &
    echo $! >"client-$1.pid"
    trap '' PIPE # a client that has died is seen when it does not answer
    exec {ask}>"ask-$1" {answers}<"answers-$1" {never}<>"never-$1" 3>>"results-$1"
    while [[ -e go ]]; do
        printf 'upload %s\n' "$2" >&"$ask" || break
        asked=$((asked + 1))
        if ((${#saved[@]} >= 20)); then forget_saved "$1"; fi
        IFS= read -r -u "$answers" answer || break
        note_answer "$1"
        # A pause by waiting for what never comes: without a process.
        read -r -t "$pause" -u "$never" || true
    done
    exec {ask}>&-
    while IFS= read -r -u "$answers" answer; do note_answer "$1"; done
    forget_saved "$1"
    echo "$asked" >"asked-$1"
}

# Of the variables of uploader.
note_answer() {
    local now=${EPOCHREALTIME//[!0-9]/}
    local shape='"ok":true,"task":"([^"]+)".*"file":"([^"]+)".*"millis":([0-9.]+),"sends":([0-9]+),"verified":true'
    answered=$((answered + 1))
    if [[ $answer =~ $shape ]]; then
        saved+=("${BASH_REMATCH[2]}")
        printf '%s %s done %s %s %s\n' "$now" "$1" "${BASH_REMATCH[1]}" "${BASH_REMATCH[4]}" "${BASH_REMATCH[3]}" >&3
    else
        printf '%s %s failed - 0 0\n' "$now" "$1" >&3
        printf '%s\n' "$answer" >>failed
    fi
    echo "$answered" >"count-$1"
}

# One that is missing was lost after the client had called it saved.
forget_saved() {
    if ((${#saved[@]} == 0)); then return 0; fi
    rm -- "${saved[@]}" 2>>"missing-$1" || true
    saved=()
}

# note_answers, and later all_answered_since: each client twice, because the first may have been on its way already.
note_answers() {
    local n
    for n in "${!uploaders[@]}"; do
        answers_of "$n"
        answers_before[n]=$answers
    done
}

all_answered_since() {
    local n
    for n in "${!uploaders[@]}"; do
        answers_of "$n"
        if ((answers < answers_before[n] + 2)); then return 1; fi
    done
}

# answers_of N: sets answers. (The file is empty for a moment while it is written.)
answers_of() {
    answers=""
    while [[ -z $answers ]]; do read -r answers <"$load_dir/count-$1" || true; done
}

# eat_cores COUNT: a loop on each beside the clients, until the load ends.
eat_cores() {
    local n
    for ((n = 0; n < $1; ++n)); do
        eat_a_core &
        busy_pids+=($!)
        disown
    done
}

eat_a_core() {
    local n
    close_private_fds
    while [[ -e $load_dir/go ]]; do
        for ((n = 0; n < 100000; ++n)); do :; done
    done
}

# Lets every client finish what it was asked for; false when that takes longer than it may.
end_load() {
    rm "$load_dir/go"
    wait_until 90 none_alive "${uploaders[@]}" || return 1
    uploaders=()
}

stop_load() {
    local pid file pids=("${uploaders[@]}" "${busy_pids[@]}")
    for pid in "${pids[@]}"; do kill -KILL "$pid" 2>/dev/null || true; done
    if ((${#uploaders[@]} > 0)); then
        for file in "$load_dir"/client-*.pid; do
            if [[ -s $file ]]; then pids+=("$(<"$file")"); fi
        done
    fi
    for pid in "${pids[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
    stop_within 3 "${pids[@]}"
    uploaders=()
    if [[ -n $load_images ]]; then rm -rf "$load_images"; fi
}
