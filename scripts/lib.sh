# shellcheck shell=bash
# What all scripts share: where things are, how they say things, how a long step is run. Sourced, never run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$root/build
logs=$build/logs

fail() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# A wrong command line: exit 2, as the programs do.
usage_error() {
    printf '%s: %s (see --help)\n' "${0##*/}" "$*" >&2
    exit 2
}

# The header comment of a script is its help text.
print_help() {
    sed -n '2,/^[^#]/ s/^# \{0,1\}//p' "$0"
}

have() { command -v "$1" >/dev/null 2>&1; }

# require_number OPTION VALUE: a count of at least 1.
require_number() {
    [[ $2 =~ ^[1-9][0-9]{0,5}$ ]] || usage_error "$1 needs a number of at least 1, not '$2'"
}

# Microseconds since 1970: the clock of the `time` field in the nodes' logs. (bash prints the separator of the locale.)
now_us() { printf '%s\n' "${EPOCHREALTIME//[!0-9]/}"; }

# format_us MICROSECONDS MS|S: one digit after the point, whatever the locale.
format_us() {
    local unit=1000 us=${1#-}
    [[ $2 == S ]] && unit=1000000
    printf '%s%d.%d' "${1%%[0-9]*}" $((us / unit)) $((us % unit * 10 / unit))
}

seconds_since() { format_us $(($(now_us) - $1)) S; }

# Compiling jobs at once: as many as cores, but no more than the memory feeds (a heavy unit takes about 1 GB).
compile_jobs() {
    local cores memory
    cores=$(nproc)
    memory=$(awk '/^MemAvailable:/ { print int($2 / 1000000) }' /proc/meminfo)
    printf '%d\n' $((memory < 1 ? 1 : memory < cores ? memory : cores))
}

# step NAME TITLE COMMAND...: runs a long command with its output in build/logs/NAME.log; shows one line with its time
# (on a terminal also how far it got), and the end of the log when it fails.
step() {
    local name=$1 title=$2 start
    shift 2
    mkdir -p "$logs"
    { : >"$logs/$name.log"; } 2>/dev/null || fail "cannot write $logs/$name.log: does build/ belong to another user?"
    start=$(now_us)
    if ! "$@" </dev/null 2>&1 | follow "$title" "$logs/$name.log"; then
        printf '%s failed after %s s; the end of %s:\n' "$title" "$(seconds_since "$start")" "$logs/$name.log" >&2
        tail -n 25 "$logs/$name.log" >&2
        exit 1
    fi
    printf '%-44s %6s s\n' "$title" "$(seconds_since "$start")"
}

# Copies standard input to a log; on a terminal shows the last "[12/80]" of it in one changing line.
follow() {
    local title=$1 log=$2 line
    if [[ ! -t 1 ]]; then
        cat >"$log"
        return
    fi
    printf '%s' "$title"
    while IFS= read -r line; do
        printf '%s\n' "$line" >&3
        [[ $line =~ ^\[[0-9]+/[0-9]+\] ]] && printf '\r\033[K%s %s' "$title" "${BASH_REMATCH[0]}"
    done 3>"$log"
    printf '\r\033[K'
}

# build_release TARGET...: configures and builds build/.
build_release() {
    local first=""
    [[ -e $build/build.ninja ]] || first=" (the first time takes minutes)"
    step configure "Configure (Release)" cmake -S "$root" --preset release
    step build "Build$first" cmake --build "$build" --parallel "$(compile_jobs)" --target "$@"
}
