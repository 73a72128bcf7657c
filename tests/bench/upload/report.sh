#!/usr/bin/env bash
# The tables of the upload bench, from its file of rows.
# Usage: report.sh UPLOADS_CSV
set -euo pipefail
if (($# != 1)) || [[ ! -r $1 ]]; then
    sed -n '2,/^[^#]/ s/^# \{0,1\}//p' "$0"
    exit 2
fi

awk -F, '
    function ms(us) { return us ? sprintf("%.1f", us / 1000) : "-" }
    # 1 MB of one client is measured twice: as a size, and as a count of clients. Both stay.
    { ++seen[$1, $2, $3, $4]; bytes = $3 * 1e6 * $5
      if (!($2 in beds)) { beds[$2] = 1; bed[++bed_count] = $2 }
      if ($1 == "ours") ours[$2, $3, $4, seen[$1, $2, $3, $4]] = $7
      row[++rows] = $0; nth[rows] = seen[$1, $2, $3, $4] }
    END {
        for (b = 1; b <= bed_count; ++b) {
            printf "\n%s: from the command to the end of its work\n%-6s %7s %8s %8s %7s %10s %10s %9s %8s %14s %14s\n", bed[b], "", "MB", "clients", \
                "uploads", "failed", "p50 ms", "p99 ms", "MB/s", "x ours", "client CPU s/GB", "server CPU s/GB"
            for (r = 1; r <= rows; ++r) {
                split(row[r], f, FS)
                if (f[2] != bed[b]) continue
                bytes = f[3] * 1e6 * f[5]
                mine = ours[f[2], f[3], f[4], nth[r]]
                printf "%-6s %7s %8d %8d %7d %10s %10s %9s %8s %15s %15s\n", f[1], f[3], f[4], f[5], f[6], ms(f[7]), ms(f[8]), \
                    f[9] ? sprintf("%.1f", bytes / f[9]) : "-", mine && f[7] ? sprintf("%.2f", f[7] / mine) : "-", \
                    bytes ? sprintf("%.1f", f[10] * 1000 / bytes) : "-", bytes ? sprintf("%.1f", f[11] * 1000 / bytes) : "-"
            }
        }
    }' "$1"
