#!/usr/bin/env bash
# The tables of the failover bench, from its file of rounds.
# Usage: report.sh ROUNDS_CSV
set -euo pipefail
if (($# != 1)) || [[ ! -r $1 ]]; then
    sed -n '2,/^[^#]/ s/^# \{0,1\}//p' "$0"
    exit 2
fi

sort -s -t, -k1,4 "$1" | awk -F, '
    function note_tool(name) { if (!(name in place)) { place[name] = 1 } }
    { note_tool($1) }
    $2 == "false" { false_at[$1, $3, $4] = $5 == "none" ? $5 : sprintf("%.1f", $5 * 60 / $6); false_in[$3 "," $4] = 1; next }
    $2 == "idle" { frames[$1, $3] = $4; idle = 1; next }
    {
        condition = $3 "," $4
        conditions[condition] = 1
        key = condition SUBSEP $1 SUBSEP $2
        ++tries[key]
        if ($5 ~ /^-?[0-9]+$/) times[key, ++reached[key]] = $5
    }

    # Nearest rank, in ms; those that never came to it are slower than all others.
    function rank(key, share,    wanted, n, i, j, swap, sorted) {
        n = reached[key]
        for (i = 1; i <= n; ++i) sorted[i] = times[key, i]
        for (i = 2; i <= n; ++i)
            for (j = i; j > 1 && sorted[j - 1] > sorted[j]; --j) { swap = sorted[j]; sorted[j] = sorted[j - 1]; sorted[j - 1] = swap }
        wanted = int(tries[key] * share)
        if (wanted < tries[key] * share || wanted == 0) ++wanted
        return wanted > n ? "never" : sprintf("%.1f", sorted[wanted] / 1000)
    }
    function cell(key) {
        return key in tries ? rank(key, 0) " / " rank(key, 0.5) " / " rank(key, 0.99) : "-"
    }
    function ratio(key, base,    mine, theirs) {
        if (!(key in tries) || !(base in tries)) return "-"
        theirs = rank(key, 0.5); mine = rank(base, 0.5)
        if (theirs == "never") return "never"
        return mine > 0 ? sprintf("%.2f", theirs / mine) : "-"
    }
    function says(condition,    part) {
        split(condition, part, ",")
        return part[1] " % loss" (part[2] == "busy" ? ", all cores busy" : "")
    }

    END {
        tools = split("ours ours-nolink ours-fastest keepalived etcd serf corosync corosync-100", tool, " ")
        cases = split("kill term stop cut", kind, " ")
        head["kill"] = "kill -9"; head["term"] = "SIGTERM"; head["stop"] = "SIGSTOP"; head["cut"] = "cable cut"
        order = split("0,calm 5,calm 10,calm 20,calm 30,calm 0,busy", candidate, " ")
        for (c = 1; c <= order; ++c) { shown[candidate[c]] = 1 }
        for (condition in conditions) if (!(condition in shown)) candidate[++order] = condition
        for (c = 1; c <= order; ++c) {
            if (!(candidate[c] in conditions)) continue
            printf "\n%s: from the fault until the last survivor knows, ms: min / median / p99\n%-12s", says(candidate[c]), ""
            for (k = 1; k <= cases; ++k) printf " %26s", head[kind[k]]
            print ""
            for (t = 1; t <= tools; ++t) {
                if (!(tool[t] in place)) continue
                printf "%-12s", tool[t]
                for (k = 1; k <= cases; ++k) printf " %26s", cell(candidate[c] SUBSEP tool[t] SUBSEP kind[k])
                print ""
            }
            print "median, divided by the median of ours"
            for (t = 2; t <= tools; ++t) {
                if (!(tool[t] in place)) continue
                printf "%-12s", tool[t]
                for (k = 1; k <= cases; ++k)
                    printf " %26s", ratio(candidate[c] SUBSEP tool[t] SUBSEP kind[k], candidate[c] SUBSEP "ours" SUBSEP kind[k])
                print ""
            }
        }
        for (c = 1; c <= order; ++c) if (candidate[c] in false_in) any = 1
        if (any) {
            printf "\nelections a minute without a fault\n%-12s", ""
            for (c = 1; c <= order; ++c) if (candidate[c] in false_in) printf " %26s", says(candidate[c])
            print ""
            for (t = 1; t <= tools; ++t) {
                if (!(tool[t] in place)) continue
                split("", part)
                printf "%-12s", tool[t]
                for (c = 1; c <= order; ++c) {
                    if (!(candidate[c] in false_in)) continue
                    split(candidate[c], part, ",")
                    at = tool[t] SUBSEP part[1] SUBSEP part[2]
                    printf " %26s", at in false_at ? false_at[at] : "-"
                }
                print ""
            }
        }
        if (idle) {
            printf "\nidle: frames a second, sent by all together\n%-12s %26s %26s\n", "", "3 nodes", "10 nodes"
            for (t = 1; t <= tools; ++t)
                if (tool[t] in place) printf "%-12s %26s %26s\n", tool[t], frames[tool[t], 3], frames[tool[t], 10]
        }
    }'
