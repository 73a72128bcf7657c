#!/usr/bin/env python3
"""The tables of the stego bench, its CSV and its plot, from what stego_detect saw.

Usage: judge.py SCORES OUT.csv [PLOT.svg]
SCORES holds cover.csv and SCHEME-RATE.csv with the .f32 beside each.
"""

import pathlib
import sys

import numpy

from detectors import auc, held_out_auc
from plot import draw

STRUCTURAL = ("pairs", "rs", "ws", "chi", "strips")
TRAINED = ("SPAM", "SRM", "SRM+colour")
ORDER = ("hide", "hide10", "lsb", "steghide", "outguess", "stegosuite")
SAID = {"hide": "ours", "hide10": "ours, height 10", "lsb": "ours, --method lsb"}


class Seen:
    """One folder of pictures: names, measures by name, features."""

    def __init__(self, path):
        lines = path.read_text().splitlines()
        head, *sizes = lines[0].split(";")
        columns = head.split(",")
        rows = [line.split(",") for line in lines[1:]]
        self.sizes = [int(size) for size in sizes]
        self.names = [row[0] for row in rows]
        self.measure = {c: numpy.array([float(row[i]) for row in rows]) for i, c in enumerate(columns) if i}
        self.features = numpy.fromfile(path.with_suffix(".f32"), numpy.float32).reshape(len(rows), -1)

    def only(self, names):
        """The same for these pictures alone: peers refuse some."""
        at = [self.names.index(name) for name in names]
        self.names = list(names)
        self.measure = {c: values[at] for c, values in self.measure.items()}
        self.features = self.features[at]
        return self


def judge(scheme, rate, covers, stegos):
    row = {"scheme": scheme, "rate": rate, "tiles": len(stegos.names)}
    for name in ("changed", "psnr", "ssim"):
        row[name] = float(stegos.measure[name].mean())
    for name in STRUCTURAL:
        row[name] = float(auc(covers.measure[name], stegos.measure[name]))
    photographs = [name.rsplit("-", 1)[0] for name in stegos.names]
    spam, rich, _ = covers.sizes
    for name, part in zip(TRAINED, (slice(0, spam), slice(spam, spam + rich), slice(spam, None))):
        row[name] = held_out_auc(covers.features[:, part].astype(float), stegos.features[:, part].astype(float),
                                 photographs)
    return row


def print_table(rows):
    print(f"\n{'':20}{'rate':>6}{'tiles':>6}{'changed':>9}{'PSNR':>7}{'SSIM':>9}", end="")
    for name in STRUCTURAL + TRAINED:
        print(f"{name:>{len(name) + 2 if len(name) > 6 else 8}}", end="")
    print()
    for row in rows:
        print(f"{SAID.get(row['scheme'], row['scheme']):20}{row['rate']:>6}{row['tiles']:>6}{row['changed']:>9.2%}"
              f"{row['psnr']:>7.2f}{row['ssim']:>9.5f}", end="")
        for name in STRUCTURAL + TRAINED:
            print(f"{row[name]:>{len(name) + 2 if len(name) > 6 else 8}.3f}", end="")
        print()


def main(arguments):
    if len(arguments) not in (2, 3):
        sys.exit(__doc__)
    folder = pathlib.Path(arguments[0])
    rows = []
    for path in folder.glob("*-*.csv"):
        scheme, rate = path.stem.rsplit("-", 1)
        stegos = Seen(path)
        rows.append(judge(scheme, rate, Seen(folder / "cover.csv").only(stegos.names), stegos))
        print(f"judged {scheme} at {rate}", file=sys.stderr)
    rows.sort(key=lambda row: (ORDER.index(row["scheme"]), float(row["rate"])))
    tiles = Seen(folder / "cover.csv").names
    print(f"{len(tiles)} tiles of {len({name.rsplit('-', 1)[0] for name in tiles})} photographs; AUC, 0.5 is blind")
    print_table(rows)
    with open(arguments[1], "w", encoding="ascii") as out:
        print(",".join(rows[0]), file=out)
        for row in rows:
            print(",".join(str(round(v, 6) if isinstance(v, float) else v) for v in row.values()), file=out)
    if len(arguments) == 3:
        pathlib.Path(arguments[2]).write_text(draw(rows, "SRM+colour", SAID), encoding="utf-8")


main(sys.argv[1:])
