# shellcheck shell=bash
# The part of setup.sh that knows Boost: which packages, and what to do beside an older Boost. Sourced by setup.sh.
#
# Debian 12 has 1.74 as libboost-dev and 1.81 as libboost1.81-dev; installing the second removes the first. Where the
# first is installed, nothing is removed: the packages of 1.81 are unpacked into build/boost-prefix, where CMake looks
# first (cmake/Dependencies.cmake).

: "${root:?set by lib.sh}" "${logs:?set by lib.sh}"
boost_minimum=1.81
boost_parts=("" -serialization -test -log -json)
boost_prefix=$root/build/boost-prefix

# at_least VERSION MINIMUM, by their numbers.
at_least() { [[ $(printf '%s\n' "$1" "$2" | sort -V | head -n 1) == "$2" ]]; }

# boost_packages FLAVOUR: the -dev packages. FLAVOUR is "" (the distribution's default) or a version such as 1.81.
boost_packages() {
    # libboost1.81-dev, but libboost-log1.81-dev: the version stands last.
    printf "libboost%s$1-dev\n" "${boost_parts[@]}"
}

# Reads the associative array `installed` (package -> version) of setup.sh.
boost_is_there() {
    [[ ! -e $boost_prefix/complete ]] || return 0
    local flavour
    while read -r flavour; do
        if has_whole_boost "$flavour"; then return 0; fi
    done < <(printf '%s\n' "${!installed[@]}" | sed -n 's/^libboost\([0-9.]*\)-dev$/\1/p')
    return 1
}

has_whole_boost() {
    local package
    while read -r package; do
        [[ -n ${installed[$package]:-} ]] && at_least "${installed[$package]}" "$boost_minimum" || return 1
    done < <(boost_packages "$1")
}

# The flavour to install: the distribution's default when new enough, else its newest versioned one.
choose_boost() {
    local candidate flavour
    candidate=$(LC_ALL=C apt-cache policy libboost-dev | sed -n 's/^  Candidate: //p')
    [[ -n $candidate ]] || fail "apt knows no packages: it could not fetch its lists (see $logs/apt-update.log)"
    if [[ $candidate == [0-9]* ]] && at_least "$candidate" "$boost_minimum"; then return; fi
    flavour=$(apt-cache pkgnames libboost | sed -n 's/^libboost\([0-9.]\{1,\}\)-dev$/\1/p' | sort -V | tail -n 1)
    if [[ -z $flavour ]] || ! at_least "$flavour" "$boost_minimum"; then
        fail "this distribution has no Boost $boost_minimum or newer; Debian 12 and Ubuntu 23.10 have"
    fi
    printf '%s\n' "$flavour"
}

# What the prefix must hold for these packages: all of Boost, installed or not (a .so is a link to the file beside it),
# and whatever else apt would install for them.
boost_closure() {
    {
        apt_would Inst "$@"
        LC_ALL=C apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks \
            --no-replaces --no-enhances "$@" | grep '^libboost'
    } | sort -u
}

unpack_boost() {
    local archives=$boost_prefix/archives archive
    rm -rf "$boost_prefix"
    mkdir -p "$archives"
    (cd "$archives" && apt-get -o APT::Sandbox::User=root download "$@")
    for archive in "$archives"/*.deb; do dpkg -x "$archive" "$boost_prefix"; done
    rm -r "$archives"
    touch "$boost_prefix/complete"
}
