#!/usr/bin/env bash
# The tables and the plot of the transfer bench, from its file of transfers.
# Usage: report.sh TRANSFERS_CSV [PLOT_SVG]
set -euo pipefail
if (($# < 1)) || [[ ! -r $1 ]]; then
    sed -n '2,/^[^#]/ s/^# \{0,1\}//p' "$0"
    exit 2
fi

# A table for each cable, frame kind, number of receivers and size: tools by loss.
awk -F, -v plot="${2:-}" '
    { bed = $1 FS $2 FS $3 FS $4; key = bed FS $5 FS $6; ++tries[key]; used[key] = $7
      if (!(bed in known)) { known[bed] = 1; beds[++bed_count] = bed }
      if (!($5 in lost)) { lost[$5] = 1; losses[++loss_count] = $5 }
      if (!($6 in place)) { place[$6] = ++tool_count; tools[tool_count] = $6 }
      if ($8 != "never") times[key, ++reached[key]] = $8 }

    # Nearest rank, in us; those that never came to an end are slower than all others. 0: never.
    function rank(key, share,    n, i, j, swap, sorted, wanted) {
        n = reached[key]
        for (i = 1; i <= n; ++i) sorted[i] = times[key, i] + 0
        for (i = 2; i <= n; ++i)
            for (j = i; j > 1 && sorted[j - 1] > sorted[j]; --j) { swap = sorted[j]; sorted[j] = sorted[j - 1]; sorted[j - 1] = swap }
        wanted = int(tries[key] * share)
        if (wanted < tries[key] * share || wanted == 0) ++wanted
        return wanted > n ? 0 : sorted[wanted]
    }
    # Bytes by microseconds are MB/s; what is over in milliseconds is told in them.
    function cell(key, size,    middle, slowest) {
        if (!(key in tries)) return "-"
        middle = rank(key, 0.5); slowest = rank(key, 1)
        if (!middle) return "never"
        if (size < 1) return sprintf("%.1f / %s ms", middle / 1000, slowest ? sprintf("%.1f", slowest / 1000) : "never")
        return sprintf("%.1f / %s", size * 1e6 / middle, slowest ? sprintf("%.1f", size * 1e6 / slowest) : "never")
    }
    function is_multicast(tool) { return tool != "ours" && tool !~ /^blast/ && tool !~ /^tcp/ }
    function is_tcp(tool) { return tool ~ /^tcp/ }
    # The shortest median of the tools of that kind: 0 when there is none.
    function best(prefix, kind,    t, us, least) {
        for (t = 1; t <= tool_count; ++t) {
            if (kind == "multicast" ? !is_multicast(tools[t]) : kind == "tcp" ? !is_tcp(tools[t]) : tools[t] != kind) continue
            if (!((prefix FS tools[t]) in tries)) continue
            us = rank(prefix FS tools[t], 0.5)
            if (us && (!least || us < least)) least = us
        }
        return least
    }
    function ratio_row(title, bed, kind,    l, mine, theirs) {
        printf "%-26s", title
        for (l = 1; l <= loss_count; ++l) {
            mine = rank(bed FS losses[l] FS "ours", 0.5); theirs = best(bed FS losses[l], kind)
            printf " %16s", mine && theirs ? sprintf("%.2f", theirs / mine) : "-"
        }
        print ""
    }
    # Payload that the cable carries: frames of 1514 bytes, datagrams of 1472 with 52 of header and seal.
    function bound_row(wire,    l) {
        if (wire == "free") return
        printf "%-26s", "payload bound of the wire"
        for (l = 1; l <= loss_count; ++l) printf " %16.1f", wire / 8 * (1472 - 52) / 1514 * (1 - losses[l] / 100)
        print ""
    }
    function table(bed,    part, l, t) {
        split(bed, part, FS)
        printf "\n%s, GSO %s, %d receiver%s, %s MB: %s, median / slowest\n%-26s", \
            part[1] == "free" ? "no wire limit" : part[1] " Mbit/s wire", part[2], part[3], part[3] == 1 ? "" : "s", part[4], \
            part[4] < 1 ? "ms until the last receiver has the last byte" : "MB/s to every receiver until the last byte", "% of frames lost"
        for (l = 1; l <= loss_count; ++l) printf " %16s", losses[l]
        print ""
        for (t = 1; t <= tool_count; ++t) {
            printf "%-26s", tools[t]
            for (l = 1; l <= loss_count; ++l) printf " %16s", cell(bed FS losses[l] FS tools[t], part[4])
            print ""
        }
        bound_row(part[1])
        ratio_row("ours / best multicast", bed, "multicast")
        ratio_row("ours / best TCP", bed, "tcp")
        ratio_row("ours / raw blast", bed, "blast")
        ratio_row("ours / sealed blast", bed, "blast-sealed")
        printf "settings:"
        for (t = 1; t <= tool_count; ++t) {
            if (!is_multicast(tools[t])) continue
            printf " %s", tools[t]
            for (l = 1; l <= loss_count; ++l) printf " %s", used[bed FS losses[l] FS tools[t]]
            printf t < tool_count ? ";" : ""
        }
        print ""
    }

    # Bars by loss, of the bed with the most bytes (of those, the first).
    function draw(bed,    part, l, t, us, top, height, x, hue) {
        split(bed, part, FS)
        for (l = 1; l <= loss_count; ++l)
            for (t = 1; t <= tool_count; ++t) {
                us = rank(bed FS losses[l] FS tools[t], 0.5)
                if (us && part[4] * 1e6 / us > top) top = part[4] * 1e6 / us
            }
        if (!top) return
        printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 860 420\" font-family=\"sans-serif\" font-size=\"12\">\n" > plot
        printf "<rect width=\"860\" height=\"420\" fill=\"white\"/>\n<text x=\"60\" y=\"24\" font-size=\"14\">%s MB to %d receivers, %s, GSO %s: MB/s to every receiver</text>\n", \
            part[4], part[3], part[1] == "free" ? "no wire limit" : part[1] " Mbit/s wire", part[2] > plot
        for (l = 0; l <= 4; ++l)
            printf "<line x1=\"60\" x2=\"700\" y1=\"%.0f\" y2=\"%.0f\" stroke=\"#ddd\"/><text x=\"52\" y=\"%.0f\" text-anchor=\"end\">%.0f</text>\n", \
                370 - l * 80, 370 - l * 80, 374 - l * 80, top * l / 4 > plot
        for (l = 1; l <= loss_count; ++l) {
            x = 60 + (l - 1) * 640 / loss_count
            printf "<text x=\"%.0f\" y=\"390\" text-anchor=\"middle\">%s %% loss</text>\n", x + 320 / loss_count, losses[l] > plot
            for (t = 1; t <= tool_count; ++t) {
                us = rank(bed FS losses[l] FS tools[t], 0.5)
                height = us ? part[4] * 1e6 / us / top * 320 : 0
                printf "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>\n", \
                    x + 8 + (t - 1) * (640 / loss_count - 16) / tool_count, 370 - height, (640 / loss_count - 16) / tool_count - 1, height, colour(t) > plot
            }
        }
        for (t = 1; t <= tool_count; ++t)
            printf "<rect x=\"720\" y=\"%d\" width=\"12\" height=\"12\" fill=\"%s\"/><text x=\"738\" y=\"%d\">%s</text>\n", \
                50 + t * 20, colour(t), 60 + t * 20, tools[t] > plot
        print "</svg>" > plot
    }
    function colour(t) { return t == 1 ? "#c0392b" : sprintf("hsl(%d,45%%,55%%)", 190 + t * 37 % 300) }

    END {
        for (b = 1; b <= bed_count; ++b) {
            table(beds[b])
            split(beds[b], part, FS)
            weight = part[4] * 1000 + (part[3] == 3 ? 500 : 0) + (part[1] == "1000" ? 100 : 0)
            if (weight > heaviest) { heaviest = weight; drawn = beds[b] }
        }
        if (plot != "") draw(drawn)
    }' "$1"
