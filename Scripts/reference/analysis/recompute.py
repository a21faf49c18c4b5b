"""Recomputes the results of `sfg analyze report --dump` from the dumped rows: recompute.py FOLDER

Prints one line per run and representation: how many numbers were compared, and the largest relative
difference. Exits with status 1 if a difference exceeds 1e-6. Singular values that are rounding
errors relative to the largest one, and measures that divide by them, are not compared.
"""

import csv
import json
import pathlib
import sys

import numpy as np
from measures import of_covariance, of_rows, pearson, redundancy

LIMIT, ROUNDING = 1e-6, 1e-12
FOLDER = pathlib.Path(sys.argv[1])


def rows(kind, name, runs):
    """The rows of a representation; those of several layers are stacked."""
    suffix = f"-{name}" if runs > 1 else ""
    whole = FOLDER / f"{kind}{suffix}.npy"
    if whole.exists():
        return np.load(whole).astype(np.float64)
    parts = [FOLDER / f"{kind}.{layer}{suffix}.npy" for layer in range(99)]
    return np.vstack([np.load(part).astype(np.float64) for part in parts if part.exists()])


def difference(found, expected, scale=None):
    found, expected = np.asarray(found, float), np.asarray(expected, float)
    assert found.shape == expected.shape, (found.shape, expected.shape)
    scale = scale or np.where(expected == 0, 1, np.abs(expected))
    return float(np.max(np.abs(found - expected) / scale, initial=0)), expected.size


def spectra(runs):
    for run in runs:
        for place in run["representations"]:
            data = rows(f"collapse/representation-{place['representation']}", run["run"], len(runs))
            expected = of_covariance(data)
            values, found = np.array(expected["values"]), np.array(place["singular_values"])
            sound = values > ROUNDING * values[0]
            pairs = [
                (found[sound], values[sound]),
                (np.array(place["log_normalized"], float)[sound], np.array(expected["log_normalized"])[sound]),
                (place["singular_value_sum"], expected["sum"]),
                (place["information_abundance"], expected["information_abundance"]),
                (place["effective_rank"], expected["effective_rank"]),
                (place["rankme"], of_rows(data)["rankme"]),
                (place["dimensions_98_percent"], expected["count_98"]),
                (place["rows"], len(data)),
                (place["dead_dimensions"], expected["dead"]),
                (place["constant_dimensions"], int((np.ptp(data, axis=0) == 0).sum())),
            ]
            if sound.all():
                pairs.append((place["condition_number"], expected["condition_number"]))
            yield run["run"], place["representation"], pairs


def correlations(runs):
    names = {
        "pairs_left_out", "mean_own_field", "mean_off_diagonal", "mean_off_own_field", "share_above_0.1",
        "share_above_0.5",
    }
    with open(FOLDER / "redundancy/fields.csv", newline="") as file:
        table = list(csv.reader(file))
    for run in runs:
        left, right = (rows(f"redundancy/{side}", run["run"], len(runs)) for side in ("left", "right"))
        suffix = f"-{run['run']}" if len(runs) > 1 else ""
        names_of_fields = list(dict.fromkeys(line[2] for line in table if line[:2] == [run["run"], "between"]))
        every, read = range(run["fields"]), [names_of_fields.index(name) for name in run["right_fields"]]
        operands = {
            "between": (left, right, every, read),
            "within_left": (left, left, every, every),
            "within_right": (right, right, read, read),
        }
        for name, (one, other, rows_of, columns_of) in operands.items():
            expected = redundancy(
                pearson(one, other), one.shape[1] // len(rows_of), list(rows_of), list(columns_of)
            )
            stem = "correlation" if name == "between" else f"correlation-{name}"
            matrix = np.load(FOLDER / f"redundancy/{stem}{suffix}.npy")
            # A correlation near zero is a difference of large sums: compare its absolute error.
            pairs = [(matrix, expected["r"], 1)]
            pairs += [(run[name][key], expected[key]) for key in sorted(names)]
            pairs.append((run[name]["frobenius_norm"], expected["frobenius"]))
            pairs.append((run[name]["barlow_twins_off_diagonal"], expected["barlow_twins"]))
            blocks = [float(line[-1] or 0) for line in table if line[:2] == [run["run"], name]]
            pairs.append((blocks, np.ravel(expected["fields"])))
            yield run["run"], name, pairs


def main():
    worst = 0
    for kind, found in (("collapse", spectra), ("redundancy", correlations)):
        runs = json.loads((FOLDER / kind / "summary.json").read_text())["runs"]
        for run, place, pairs in found(runs):
            differences = [difference(*pair) for pair in pairs]
            most, count = max(d for d, _ in differences), sum(n for _, n in differences)
            worst = max(worst, most)
            print(f"{run:24} {place:16} {count:7} numbers, largest relative difference {most:.1e}", flush=True)
    print(f"largest of all: {worst:.1e}")
    return int(worst > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
