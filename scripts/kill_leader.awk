# What happened, in order of time, as a table. Exit 1 if uploads failed, were lost or duplicated; when nobody was to be
# stopped (quiet > 0), also if there was a false election.
# Input: the lines of watch.sh, the answers of load.sh, and what kill_leader.sh did: TIME 0 begin|strike ID|mend ID|end.
# Variables: nodes, signal, lost, duplicated, quiet.
#
# An election is a node that logs that it leads, with an epoch that it had not logged before. It is explained
#   by a stop: from the signal until all others follow one leader; and what a cut off or paused leader does until it is back;
#   by a return: from the mending of a cable or a pause until all follow one leader;
#   by a plan: a hand_over to that node within a second.
# Else it is false, unless every node logged a stall above 50 ms within a second of it: then the machine stood still.

function agree(without, id, leader) {
    leader = ""
    for (id = 1; id <= nodes; ++id) {
        if (id == without) continue
        if (leader == "") leader = followed[id]
        if (followed[id] !~ /^[0-9]+$/ || followed[id] != leader) return 0
    }
    return leader != without
}

function all_follow(leader, id) {
    for (id = 1; id <= nodes; ++id) if (followed[id] != leader) return 0
    return 1
}

function add(list, value) { value_of[list, ++count[list]] = value }

function cause_of(node) {
    if (phase == "struck") return "stop"
    if ((signal == "STOP" || signal == "CUT") && (phase == "mended" || (phase == "led" && node == victim))) return "return"
    return ""
}

function end_wait(time) {
    if (phase == "struck" && agree(victim)) {
        if (!void) add("failover", (time - struck) / 1000)
        phase = "led"
    } else if (phase == "mended" && agree(0)) {
        add("return", (time - mended) / 1000)
        phase = ""
    }
}

$2 == 0 && $3 == "begin" { begun = $1 }
$2 == 0 && $3 == "end" { ended = $1; close_round() }
$2 == 0 && $3 == "strike" {
    close_round()
    phase = "struck"; struck = $1; victim = $4; in_round = 1; silence = 0
    void = !all_follow(victim)
    if (void) ++voids
    end_wait($1)
}
$2 == 0 && $3 == "mend" {
    close_round()
    phase = "mended"; mended = $1
    if (signal == "KILL" || signal == "TERM") followed[victim] = ""
}

function close_round() {
    if (in_round && !void) add("silence", silence / 1000)
    in_round = 0
}

$3 == "leader" {
    followed[$2] = $4
    if ($2 == $4 && !(($2, $5) in led)) {
        led[$2, $5] = 1
        if (begun && !ended) { ++elections; when[elections] = $1; who[elections] = $2; cause[elections] = cause_of($2); words[elections] = "node " $2 ", epoch " $5 ", " $6 }
    }
    end_wait($1)
}
$3 == "hand_over" { ++plans; plan_time[plans] = $1; plan_to[plans] = $4 }
$3 == "stalled" && $4 > 50 { ++stalls; stall_time[stalls] = $1; stall_node[stalls] = $2 }

$3 == "done" || $3 == "failed" {
    if ($3 == "done") { ++succeeded; add("upload", $6); if ($5 > 1) ++resent } else ++failed
    if (in_round && $1 - answered[$2] > silence) silence = $1 - answered[$2]
    if (begun && !ended && ($2 in answered) && $1 - answered[$2] > longest) longest = $1 - answered[$2]
    answered[$2] = $1
}

function near(a, b) { return a - b <= 1000000 && b - a <= 1000000 }

function planned(n, i) {
    for (i = 1; i <= plans; ++i) if (plan_to[i] == who[n] && near(plan_time[i], when[n])) return 1
    return 0
}

function machine_stood_still(n, i, id, seen, found) {
    for (id = 1; id <= nodes; ++id) seen[id] = 0
    for (i = 1; i <= stalls; ++i) if (near(stall_time[i], when[n])) seen[stall_node[i]] = 1
    for (id = 1; id <= nodes; ++id) found += seen[id]
    return found == nodes
}

# sort LIST into sorted[1..]: heap sort, because there may be a million.
function sift(low, high, child, value) {
    value = sorted[low]
    while ((child = 2 * low) <= high) {
        if (child < high && sorted[child + 1] > sorted[child]) ++child
        if (sorted[child] <= value) break
        sorted[low] = sorted[child]
        low = child
    }
    sorted[low] = value
}

function sort(list, i, n, last) {
    n = count[list]
    for (i = 1; i <= n; ++i) sorted[i] = value_of[list, i] + 0
    for (i = int(n / 2); i >= 1; --i) sift(i, n)
    for (i = n; i > 1; --i) { last = sorted[i]; sorted[i] = sorted[1]; sorted[1] = last; sift(1, i - 1) }
}

# The nearest rank: with fewer than 100 values the p99 is the greatest.
function rank(n, percent, r) {
    r = int((n * percent + 99) / 100)
    return sorted[r < 1 ? 1 : r]
}

function row(title, list, n) {
    n = count[list]
    if (n == 0) return
    sort(list)
    printf "  %-18s %8.1f %8.1f %8.1f %8.1f %7d\n", title, sorted[1], rank(n, 50), rank(n, 99), sorted[n], n
}

END {
    for (n = 1; n <= elections; ++n) {
        if (cause[n] != "") ++by[cause[n]]
        else if (planned(n)) ++by["plan"]
        else if (machine_stood_still(n)) ++by["stall"]
        else { ++by["false"]; falses[by["false"]] = n }
    }
    printf "  %-18s %8s %8s %8s %8s %7s\n", "ms", "min", "median", "p99", "max", "count"
    row("failover", "failover")
    row("client silence", "silence")
    row("back among all", "return")
    row("upload", "upload")
    printf "  longest silence    %.1f ms in %.1f s\n", longest / 1000, (ended - begun) / 1000000
    printf "  uploads            done %d   failed %d   lost %d   duplicated %d   resent %d\n", \
        succeeded, failed, lost, duplicated, resent
    printf "  elections          %d: by a stop %d, by a return %d, planned %d, machine stall %d, false %d\n", \
        elections, by["stop"], by["return"], by["plan"], by["stall"], by["false"]
    for (i = 1; i <= by["false"]; ++i)
        printf "  false after %.1f s: %s\n", (when[falses[i]] - begun) / 1000000, words[falses[i]]
    if (voids > 0) printf "  repeated           %d rounds whose leader had just handed over\n", voids
    exit succeeded == 0 || failed > 0 || lost > 0 || duplicated > 0 || (quiet > 0 && by["false"] > 0)
}
