"""The bench's plot: how well the trained detector finds each scheme, over the payload. SVG, no library."""

import math

WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 640, 360, 52, 34, 150, 44
COLOURS = {"hide": "#1b7837", "hide10": "#7fbf7b", "lsb": "#888888", "steghide": "#b2182b", "outguess": "#ef8a62",
           "stegosuite": "#2166ac"}


def draw(rows, detector, names):
    rates = sorted({float(row["rate"]) for row in rows})
    low, high = math.log(rates[0]), math.log(max(rates[-1], rates[0] * 1.01))

    def x(rate):
        return LEFT + (math.log(float(rate)) - low) / (high - low) * (WIDTH - LEFT - RIGHT)

    def y(value):
        return TOP + (1 - max(value, 0.45)) / 0.55 * (HEIGHT - TOP - BOTTOM)

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
           'font-size="12">', f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
           f'<text x="{LEFT}" y="18" font-size="13">AUC of a trained detector ({detector}) on photographs it has not '
           'seen</text>']
    for tenth in range(5, 11):
        at = y(tenth / 10)
        out.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.1f}" y2="{at:.1f}" stroke="#dddddd"/>'
                   f'<text x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{tenth / 10:.1f}</text>')
    for rate in rates:
        out.append(f'<text x="{x(rate):.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{rate:g}</text>')
    out.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 8}" text-anchor="middle">bits per colour sample '
               '(0.5 is blind, 1 always right)</text>')
    labels = []
    for scheme, colour in COLOURS.items():
        points = sorted((float(row["rate"]), row[detector]) for row in rows if row["scheme"] == scheme)
        if not points:
            continue
        line = " ".join(f"{x(rate):.1f},{y(value):.1f}" for rate, value in points)
        out.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        out += [f'<circle cx="{x(rate):.1f}" cy="{y(value):.1f}" r="3" fill="{colour}"/>' for rate, value in points]
        labels.append((y(points[-1][1]), scheme, colour))
    below = 0.0
    for at, scheme, colour in sorted(labels):
        below = max(at + 4, below + 15)
        out.append(f'<text x="{WIDTH - RIGHT + 10}" y="{below:.1f}" fill="{colour}">{names.get(scheme, scheme)}</text>')
    return "\n".join(out + ["</svg>", ""])
