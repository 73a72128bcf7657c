#!/usr/bin/env bash
# Our steganography beside steghide, outguess and stegosuite: how well detectors find each of them, on tiles of
# photographs, at equal payloads, in one run; and what hiding costs. See README.md for what is measured.
# Usage: stego.sh [--install] [--peers LIST] [--rates LIST] [--most N] [--ours LIST] [--no-speed] [--plot FILE]
#   --install      fetch photographs and the peers' Debian packages, unpacked under build/bench-peers; installs nothing
#   --peers LIST   beside ours (default steghide,outguess,stegosuite); none: ours alone
#   --ours LIST    hide (as the program does it), hide10 (trellis height 10), lsb (the plain method); default hide,lsb
#   --rates LIST   bits per colour sample (default 0.01,0.05,0.1,0.2,0.4)
#   --most N       tiles of each photograph (default 9)
#   --again        forget what was measured before; otherwise only what is missing is run
#   --no-speed     without the table of MP/s
#   --plot FILE    draw the trained detector's results into this SVG
# Prints tables; all numbers go to build/bench-peers/stego.csv.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/bench/hosts.sh
source "$here/../hosts.sh"

packages=(steghide outguess stegosuite age libopenblas0-pthread)
install=no speed=yes again=no
peers=steghide,outguess,stegosuite
ours=hide,lsb
rates=0.01,0.05,0.1,0.2,0.4
most=9
plot=""
programs=${CP_BENCH_PROGRAMS:-$build/tests/bench/stego}
photos=$prefix/photos
work=$prefix/stego
python=/usr/bin/python3 # Debian's: it has Debian's numpy

parse_options() {
    while (($# > 0)); do
        case $1 in
            --install) install=yes ;;
            --again) again=yes ;;
            --no-speed) speed=no ;;
            --peers) peers=${2:-} && shift ;;
            --ours) ours=${2:-} && shift ;;
            --rates) rates=${2:-} && shift ;;
            --most) require_number "$1" "${2:-}" && most=$2 && shift ;;
            --plot) plot=${2:-} && shift ;;
            -h | --help) print_help && exit ;;
            *) usage_error "unknown option $1" ;;
        esac
        shift
    done
    require_list --peers "$peers" 'none|steghide|outguess|stegosuite'
    require_list --ours "$ours" 'hide|hide10|lsb'
    require_list --rates "$rates" '0\.[0-9]{1,3}'
}

prepare() {
    if [[ $install == yes ]]; then
        fetch_packages "${packages[@]}"
        "$here/photos.sh" "$photos"
    fi
    [[ -d $photos ]] || fail "no photographs in $photos: run with --install"
    "$python" -c 'import numpy' 2>/dev/null || fail "numpy is missing: apt-get install python3-numpy"
    if [[ $again == yes || ! -e $work/tiles/most-$most ]]; then
        rm -rf "$work"
        mkdir -p "$work"/{tiles/bmp,tiles/ppm,scores,payload}
        "$programs/stego_tool" tiles "$work/tiles" "$most" "$photos"/* >"$work/tiles.csv"
        touch "$work/tiles/most-$most"
    fi
}

# --- one peer, one tile: PAYLOAD NAME BMP PPM OUT (without extension). What it says goes to peers.log; who refuses a
# tile (its capacity) leaves none. No compression and no checksum, so that all hide the same number of bytes.

steghide() {
    with_libraries "$peers_root/usr/bin/steghide" embed -q -f -Z -K -N -e none -p "$2" -cf "$3" -ef "$1" -sf "$5.bmp"
}

outguess() { with_libraries "$peers_root/usr/bin/outguess" -k "$2" -d "$1" "$4" "$5.ppm"; }

stegosuite() {
    local jar path="" java=$peers_root/usr/share/java
    [[ -d $java ]] || java=/usr/share/java
    for jar in org.eclipse.swt picocli logback-core logback-classic; do path+=:$java/$jar.jar; done
    for jar in "$peers_root"/usr/lib/java/swt-gtk-*.jar "$peers_root"/usr/share/java/slf4j-api.jar /usr/share/java/slf4j-api.jar; do
        path+=:$jar
    done
    java -Xshare:auto -XX:TieredStopAtLevel=1 -cp "$(echo "$peers_root"/usr/share/stegosuite/stegosuite-*.jar)$path" \
        org.stegosuite.Stegosuite embed -k "$2" -f "$1" -o "$5.bmp" "$3"
}

with_libraries() { LD_LIBRARY_PATH=$peers_libraries "$@"; }

# embed SCHEME RATE FOLDER: all tiles.
embed() {
    local scheme=$1 rate=$2 folder=$3 file name
    case $scheme in
        hide) "$programs/stego_tool" hide "$rate" 8 "$folder" "$work"/tiles/bmp/* ;;
        hide10) "$programs/stego_tool" hide "$rate" 10 "$folder" "$work"/tiles/bmp/* ;;
        lsb) "$programs/stego_tool" lsb "$rate" "$folder" "$work"/tiles/bmp/* ;;
        *)
            for file in "$work/payload/$rate"/*; do
                name=$(basename "$file" .bin)
                "$scheme" "$file" "$name" "$work/tiles/bmp/$name.bmp" "$work/tiles/ppm/$name.ppm" "$folder/$name" \
                    >>"$work/peers.log" 2>&1 || rm -f "$folder/$name".*
            done
            ;;
    esac
}

# look SCHEME RATE: what the detectors see of it, in scores/SCHEME-RATE.csv and .f32.
look() {
    local scheme=$1 rate=$2 scores=$work/scores/$1-$2 folder=$work/now
    if [[ -e $scores.csv ]]; then return; fi
    rm -rf "$folder"
    mkdir -p "$folder"
    if [[ ! -d $work/payload/$rate ]]; then
        mkdir -p "$work/payload/$rate"
        "$programs/stego_tool" payload "$rate" "$work/payload/$rate" "$work"/tiles/bmp/*
    fi
    printf '%s at %s\n' "$scheme" "$rate" >&2
    embed "$scheme" "$rate" "$folder"
    if [[ -n $(ls "$folder") ]]; then
        "$programs/stego_detect" "$scores.f32" "$work/tiles/bmp" "$folder" >"$scores.part"
        mv "$scores.part" "$scores.csv"
    else
        printf 'nothing was hidden by %s at %s: too much for it\n' "$scheme" "$rate" >&2
    fi
    rm -rf "$folder"
}

# --- MP/s, file to file: one photograph, the same payload at 0.05 bits a sample.
measure_speed() {
    local scheme begin seconds photo=$photos/Dragonfly_by_Bolly.jpg
    "$programs/stego_tool" convert "$photo" "$work/photo"
    rm -rf "$work/speed"
    mkdir "$work/speed"
    "$programs/stego_tool" payload 0.05 "$work/speed" "$work/photo.bmp"
    printf 'photograph of %s bytes (BMP), %s bytes hidden; seconds with reading and writing\n' \
        "$(stat -c %s "$work/photo.bmp")" "$(stat -c %s "$work/speed/photo.bin")"
    for scheme in $(words "$ours") $(words "$peers"); do
        begin=$(now_us)
        case $scheme in
            hide) "$programs/stego_tool" hide 0.05 8 "$work/speed" "$work/photo.bmp" ;;
            hide10) "$programs/stego_tool" hide 0.05 10 "$work/speed" "$work/photo.bmp" ;;
            lsb) "$programs/stego_tool" lsb 0.05 "$work/speed" "$work/photo.bmp" ;;
            *) # some take gigabytes for a photograph
                (
                    ulimit -t 300 -v 12000000
                    "$scheme" "$work/speed/photo.bin" x "$work/photo.bmp" "$work/photo.ppm" "$work/speed/out"
                ) >>"$work/peers.log" 2>&1 || printf '%s failed (limits: 300 s, 12 GB): ' "$scheme"
                ;;
        esac
        seconds=$(seconds_since "$begin")
        printf '%-12s %8s s %8s MP/s\n' "$scheme" "$seconds" "$(awk -v s="$seconds" 'BEGIN { printf "%.2f", 4224 * 3168 / 1e6 / s }')"
    done
    rm -rf "$work/speed" "$work"/photo.*
}

parse_options "$@"
for program in stego_tool stego_detect; do
    [[ -x $programs/$program ]] || fail "$programs/$program is missing: scripts/bench.sh builds it"
done
prepare
if [[ ! -e $work/scores/cover.csv ]]; then
    "$programs/stego_detect" "$work/scores/cover.f32" "$work/tiles/bmp" >"$work/cover.part"
    mv "$work/cover.part" "$work/scores/cover.csv"
fi
for rate in $(words "$rates"); do
    for scheme in $(words "$ours") $(words "$peers"); do look "$scheme" "$rate"; done
done
OPENBLAS_NUM_THREADS=1 LD_LIBRARY_PATH=$peers_root/usr/lib/$(uname -m)-linux-gnu/openblas-pthread \
    "$python" "$here/judge.py" "$work/scores" "$prefix/stego.csv" ${plot:+"$plot"}
if [[ $speed == yes ]]; then measure_speed; fi
