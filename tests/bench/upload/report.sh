#!/usr/bin/env bash
# The tables and the plot of the upload bench, from its file of rows.
# Usage: report.sh UPLOADS_CSV [PLOT_SVG]
set -euo pipefail
if (($# < 1)) || [[ ! -r $1 ]]; then
    sed -n '2,/^[^#]/ s/^# \{0,1\}//p' "$0"
    exit 2
fi

awk -F, -v plot="${2:-}" '
    # 1 MB of one client is measured twice: as a size, and as a count of clients. Both stay.
    { tool = $1; bed = $2; size = $3; clients = $4
      key = tool FS bed FS size FS clients
      if (!(bed in beds)) { beds[bed] = 1; bed_names[++bed_count] = bed }
      if (!(tool in tools)) { tools[tool] = 1; tool_names[++tool_count] = tool }
      if (!(size in sizes)) { sizes[size] = 1; size_names[++size_count] = size }
      nth[NR] = ++seen[key]; row[NR] = $0
      if (tool == "ours") ours[bed, size, clients, nth[NR]] = $7
      if (clients == 1 && nth[NR] == 1) middle[bed, tool, size] = $7
      if (clients == 1) single[bed, tool, size] = rate($3, $5, $9) }

    function rate(size, count, us) { return us ? size * 1e6 * count / us : 0 }
    function ms(us) { return us ? sprintf("%.1f", us / 1000) : "-" }
    function ratio(above, below, digits) { return above && below ? sprintf("%." digits "f", above / below) : "-" }
    # Of each client one upload at a time: the picture, and as much for the work on it.
    function in_flight(size, clients) { return 2 * size * clients }

    function table(bed,    r, f, bytes, speed, mine, held) {
        printf "\n%s: from the command to the end of its work\n%-6s %7s %8s %8s %7s %10s %10s %8s %9s %8s %8s %14s %14s %10s %12s\n", \
            bed, "", "MB", "clients", "uploads", "failed", "p50 ms", "p99 ms", "p99/p50", "MB/s", "x single", "x ours", \
            "client CPU s/GB", "server CPU s/GB", "server MB", "in flight MB"
        for (r = 1; r <= NR; ++r) {
            split(row[r], f, FS)
            if (f[2] != bed) continue
            bytes = f[3] * 1e6 * f[5]
            speed = rate(f[3], f[5], f[9])
            mine = ours[bed, f[3], f[4], nth[r]]
            held = f[1] == "ours" ? sprintf("%.1f", in_flight(f[3], f[4])) : "-"
            printf "%-6s %7s %8d %8d %7d %10s %10s %8s %9s %8s %8s %15s %15s %10s %12s\n", f[1], f[3], f[4], f[5], f[6], ms(f[7]), ms(f[8]), \
                ratio(f[8], f[7], 1), speed ? sprintf("%.1f", speed) : "-", ratio(speed, single[bed, f[1], f[3]], 2), \
                ratio(f[7], mine, 2), ratio(f[10] * 1000, bytes, 1), ratio(f[11] * 1000, bytes, 1), \
                f[12] ? sprintf("%.1f", f[12] * 1024 / 1e6) : "-", held
        }
    }

    # --- the plot: a group of bars for each bed and size, as high as the logarithm of the p50
    function colour(t) { return t == 1 ? "#1b6ca8" : t == 2 ? "#d98032" : t == 3 ? "#6a994e" : "#8a8a8a" }
    function height(us) { return us ? 64 * log(us / 100) / log(10) : 0 } # 0.1 ms to 10 s
    function draw(    b, s, t, x, decade, width, us, tall) {
        width = 740 / (bed_count * size_count)
        printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 860 420\" font-family=\"sans-serif\" font-size=\"12\">\n" > plot
        printf "<text x=\"60\" y=\"18\">one client, three servers: p50 in ms from the command to the end of its work</text>\n" > plot
        for (decade = 0; decade <= 5; ++decade)
            printf "<line x1=\"60\" x2=\"820\" y1=\"%d\" y2=\"%d\" stroke=\"#ddd\"/><text x=\"52\" y=\"%d\" text-anchor=\"end\">%s</text>\n", \
                370 - decade * 64, 370 - decade * 64, 374 - decade * 64, 10 ^ (decade - 1) > plot
        for (b = 1; b <= bed_count; ++b)
            for (s = 1; s <= size_count; ++s) {
                x = 70 + ((b - 1) * size_count + s - 1) * width
                printf "<text x=\"%.0f\" y=\"386\" text-anchor=\"middle\">%s MB</text>\n", x + width / 2, size_names[s] > plot
                for (t = 1; t <= tool_count; ++t) {
                    us = middle[bed_names[b], tool_names[t], size_names[s]]
                    tall = height(us)
                    if (tall <= 0) continue
                    printf "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"><title>%s, %s MB, %s: %.1f ms</title></rect>\n", \
                        x + 4 + (t - 1) * (width - 8) / tool_count, 370 - tall, (width - 8) / tool_count - 1, tall, colour(t), \
                        tool_names[t], size_names[s], bed_names[b], us / 1000 > plot
                }
            }
        for (b = 1; b <= bed_count; ++b)
            printf "<text x=\"%.0f\" y=\"406\" text-anchor=\"middle\">%s</text>\n", 70 + (b - 0.5) * size_count * width, bed_names[b] > plot
        for (t = 1; t <= tool_count; ++t)
            printf "<rect x=\"%d\" y=\"24\" width=\"10\" height=\"10\" fill=\"%s\"/><text x=\"%d\" y=\"33\">%s</text>\n", \
                60 + (t - 1) * 90, colour(t), 74 + (t - 1) * 90, tool_names[t] > plot
        print "</svg>" > plot
    }

    END {
        for (b = 1; b <= bed_count; ++b) table(bed_names[b])
        if (plot != "" && bed_count) draw()
    }' "$1"
