# shellcheck shell=bash
# How a test looks into a store behind the nodes' backs: a folder, or a bucket by the curl command with keys from the
# environment. Sourced, never run. objects_url says which: "dir:PATH" or "s3://BUCKET[/PREFIX]?endpoint=http://HOST:PORT".

: "${objects_url:=}"

# objects_call METHOD PATH [QUERY]: in the bucket; PATH is "" or "/KEY". QUERY is sorted and encoded.
objects_call() {
    local endpoint bucket=${objects_url#s3://} empty user
    endpoint=${objects_url#*endpoint=}
    endpoint=${endpoint%%&*}
    bucket=${bucket%%[/?]*}
    empty=$(sha256sum </dev/null | cut -d' ' -f1)
    user=${AWS_ACCESS_KEY_ID//:/%3A}:${AWS_SECRET_ACCESS_KEY}
    user=${user//\//%2F}
    curl --silent --show-error --fail --max-time 30 --aws-sigv4 aws:amz:us-east-1:s3 \
        --header "x-amz-content-sha256: $empty" --request "$1" \
        "${endpoint/:\/\//://$user@}/$bucket$2${3:+?$3}"
}

# The prefix of a bucket's URL, with a slash at its end; empty when there is none.
objects_prefix() {
    local rest=${objects_url#s3://}
    rest=${rest%%\?*}
    if [[ $rest == */* ]]; then printf '%s/\n' "${rest#*/}"; fi
}

# object_names FOLDER: what is in it, one name a line, sorted.
object_names() {
    local prefix
    if [[ $objects_url == dir:* ]]; then
        find "${objects_url#dir:}/$1" -maxdepth 1 -type f -printf '%f\n' | LC_ALL=C sort
        return
    fi
    prefix=$(objects_prefix)$1/
    objects_call GET '' "list-type=2&prefix=${prefix//\//%2F}" | grep -oE '<Key>[^<]*</Key>' |
        sed "s|<Key>${prefix}\(.*\)</Key>|\1|" | LC_ALL=C sort
}

# object_exists KEY
object_exists() { object_names "${1%/*}" | grep -qxF "${1##*/}"; }

# remove_object KEY
remove_object() {
    if [[ $objects_url == dir:* ]]; then
        rm "${objects_url#dir:}/$1"
    else
        objects_call DELETE "/$(objects_prefix)$1" >/dev/null
    fi
}
