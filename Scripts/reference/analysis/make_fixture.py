"""Writes the fixtures of Tests/AnalysisTests: numpy's and scipy's results for small inputs.

Run from any folder: python3 Scripts/reference/analysis/make_fixture.py
The committed files were written with numpy 2.4.6 and scipy.
"""

import json
import pathlib

import numpy as np
from measures import of_covariance, of_rows, pearson, redundancy
from scipy import stats

ROWS, WIDTH, FIELDS, TABLE_ROWS, DIMENSION = 60, 6, 3, 40, 4
FOLDER = pathlib.Path(__file__).resolve().parents[3] / "Tests/AnalysisTests/Fixtures"


def single(values):
    """Rounds to single precision, so that builds in both precisions read the same numbers."""
    return values.astype(np.float32).astype(np.float64)


def representations():
    generator = np.random.default_rng(2025)
    mixing = generator.standard_normal((WIDTH, WIDTH)) * 0.6 ** np.arange(WIDTH)
    left = single(generator.standard_normal((ROWS, WIDTH)) @ mixing + 3 * np.arange(WIDTH))
    right = single(np.maximum((left - left.mean(0)) @ generator.standard_normal((WIDTH, WIDTH)), 0))
    left[:, 2] = np.float32(0.3)  # a constant that is not exactly representable in binary
    right[:, 4] = 0  # a dead unit
    table = single(generator.standard_normal((TABLE_ROWS, DIMENSION)) * 0.1 ** np.arange(DIMENSION))
    seen = sorted(generator.choice(TABLE_ROWS, 25, replace=False).tolist())
    return {
        "left": left.tolist(),
        "right": right.tolist(),
        "covariance": np.cov(right, rowvar=False, bias=True).tolist(),
        "covariance_spectrum": of_covariance(right),
        "uncentred_spectrum": of_rows(right),
        "stacked_covariance_spectrum": of_covariance(np.vstack([left, right])),
        "stacked_uncentred_spectrum": of_rows(np.vstack([left, right])),
        "between": measured(left, right, range(FIELDS), range(FIELDS)),
        "within_left": measured(left, left, range(FIELDS), range(FIELDS)),
        "within_right": measured(right, right, range(FIELDS), range(FIELDS)),
        # What FmFM generates for its first field is read by no interaction.
        "between_later": measured(left, right[:, WIDTH // FIELDS :], range(FIELDS), range(1, FIELDS)),
        "within_earlier": measured(
            left[:, : -WIDTH // FIELDS], left[:, : -WIDTH // FIELDS], range(FIELDS - 1), range(FIELDS - 1)
        ),
        "constant_left": int((np.ptp(left, axis=0) == 0).sum()),
        "constant_right": int((np.ptp(right, axis=0) == 0).sum()),
        "table": table.tolist(),
        "seen": seen,
        "table_spectrum": of_rows(table[seen]),
        "table_covariance_spectrum": of_covariance(table[seen]),
    }


def measured(left, right, left_fields, right_fields):
    return redundancy(pearson(left, right), WIDTH // FIELDS, list(left_fields), list(right_fields))


def delong(scores, clicked):
    """AUCs and covariance by DeLong et al. (1988), from all pairs of a click and a non-click."""
    areas, of_clicked, of_others = [], [], []
    for score in scores:
        x, y = score[clicked][:, None], score[~clicked][None, :]
        psi = (x > y) + 0.5 * (x == y)
        areas.append(psi.mean())
        of_clicked.append(psi.mean(1))
        of_others.append(psi.mean(0))
    covariance = np.cov(of_clicked) / clicked.sum() + np.cov(of_others) / (~clicked).sum()
    return np.array(areas), covariance


def drawn(rows, seed):
    generator = np.random.default_rng(seed)
    signal = generator.standard_normal(rows)
    clicked = generator.random(rows) < 1 / (1 + np.exp(1 - signal))
    first = single(np.round(signal + generator.standard_normal(rows), 1))  # rounded: many ties
    second = single(0.7 * signal + 0.6 * generator.standard_normal(rows) - 1)
    return comparison(first, second, clicked)


# The example of DeLong, DeLong and Clarke-Pearson (1988), 43 patients with ovarian cancer: albumin,
# total protein, K-G score, and whether bowel surgery helped.
OVARIAN = """
3.0 5.8 10 0  3.2 6.3 5 1  3.9 6.8 3 1  2.8 4.8 6 0  3.2 5.8 3 1  0.9 4.0 5 0  2.5 5.7 8 0  1.6 5.6 5 1  3.8 5.7 5 1
3.7 6.7 6 1  3.2 5.4 4 1  3.8 6.6 6 1  4.1 6.6 5 1  3.6 5.7 5 1  4.3 7.0 4 1  3.6 6.7 4 0  2.3 4.4 6 1  4.2 7.6 4 0
4.0 6.6 6 0  3.5 5.8 6 1  3.8 6.8 7 1  3.0 4.7 8 0  4.5 7.4 5 1  3.7 7.4 5 1  3.1 6.6 6 1  4.1 8.2 6 1  4.3 7.0 5 1
4.3 6.5 4 1  3.2 5.1 5 1  2.6 4.7 6 1  3.3 6.8 6 0  1.7 4.0 7 0  3.7 6.1 5 1  3.3 6.3 7 1  4.2 7.7 6 1  3.5 6.2 5 1
2.9 5.7 9 0  2.1 4.8 7 1  2.8 6.2 8 0  4.0 7.0 7 1  3.3 5.7 6 1  3.7 6.9 5 1  3.6 6.6 5 1
"""


def ovarian():
    albumin, protein, score, helped = np.array(OVARIAN.split(), float).reshape(-1, 4).T
    # A low K-G score predicts success.
    return [comparison(-score, other, helped == 1) for other in (albumin, protein)]


def comparison(first, second, clicked):
    rows = len(clicked)
    areas, covariance = delong([first, second], clicked)
    z = (areas[1] - areas[0]) / np.sqrt(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])
    losses = [np.logaddexp(0, np.where(clicked, -logit, logit)) for logit in (first, second)]
    test = stats.ttest_rel(losses[1], losses[0])
    interval = test.confidence_interval(0.95)
    spread = stats.t.ppf(0.975, rows - 1) * losses[0].std(ddof=1) / np.sqrt(rows)
    return {
        "first": first.tolist(),
        "second": second.tolist(),
        "clicked": clicked.tolist(),
        "areas": areas.tolist(),
        "covariance": covariance.tolist(),
        "z": float(z),
        "z_p": float(2 * stats.norm.sf(abs(z))),
        "area_half_width": float(stats.norm.ppf(0.975) * np.sqrt(covariance[0, 0])),
        "logloss": [float(loss.mean()) for loss in losses],
        "logloss_half_width": float(spread),
        "t": float(test.statistic),
        "t_p": float(test.pvalue),
        "t_lower": float(interval.low),
        "t_upper": float(interval.high),
    }


def write(name, fixture):
    text = json.dumps(fixture).replace("-Infinity", "null").replace("], ", "],\n")
    (FOLDER / name).write_text(text + "\n")
    print("wrote", FOLDER / name, "with numpy", np.__version__)


FOLDER.mkdir(parents=True, exist_ok=True)
write("statistics.json", representations())
write("comparison.json", [drawn(12, 1), drawn(400, 2), drawn(90, 3)] + ovarian())
