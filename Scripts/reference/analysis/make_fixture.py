"""Writes the fixtures of Tests/AnalysisTests: what numpy and scipy find in small matrices and predictions.

Run from anywhere: python3 Scripts/reference/analysis/make_fixture.py   (numpy 2.4.6 and scipy made the committed files)
"""

import json
import pathlib

import numpy as np
from scipy import stats

ROWS, WIDTH, TABLE_ROWS, DIMENSION = 60, 6, 40, 4
FOLDER = pathlib.Path(__file__).resolve().parents[3] / "Tests/AnalysisTests/Fixtures"


def single(values):
    """Rounds to single precision, so that a model in either precision holds the same numbers."""
    return values.astype(np.float32).astype(np.float64)


def rankme(values):
    share = values / values.sum() + 1e-7
    return float(np.exp(-(share * np.log(share)).sum()))


def spectrum(values, dead_below):
    with np.errstate(divide="ignore"):
        logs = np.log(values / values.max())
    return {
        "values": values.tolist(),
        "log_normalized": logs.tolist(),
        "sum": float(values.sum()),
        "information_abundance": float(values.sum() / values.max()),
        "rankme": rankme(values),
        # scipy's entropy normalises what it is given.
        "effective_rank": float(np.exp(stats.entropy(values))),
        "count_98": int(np.argmax(np.cumsum(values) >= 0.98 * values.sum())) + 1,
        "condition_number": float(values.max() / values.min()) if values.min() > 0 else None,
        "dead": int((values <= dead_below * values.max()).sum()),
    }


def of_covariance(rows):
    covariance = np.cov(rows, rowvar=False, bias=True)
    values = np.linalg.svd(covariance, compute_uv=False)
    found = spectrum(values, len(values) * np.finfo(float).eps)
    assert found["dead"] == len(values) - np.linalg.matrix_rank(covariance)
    return found


def of_rows(rows):
    values = np.linalg.svd(rows, compute_uv=False)
    values = np.pad(values, (0, rows.shape[1] - len(values)))
    return spectrum(values, np.sqrt(len(values) * np.finfo(float).eps))


def pearson(left, right):
    constant_left, constant_right = np.ptp(left, axis=0) == 0, np.ptp(right, axis=0) == 0
    with np.errstate(divide="ignore", invalid="ignore"):
        z_left = (left - left.mean(0)) / left.std(0, ddof=1)
        z_right = (right - right.mean(0)) / right.std(0, ddof=1)
        r = np.nan_to_num(z_left.T @ z_right / (len(left) - 1))
    # numpy's mean of a constant rounds and leaves noise where the deviation should be zero.
    r[constant_left, :] = 0
    r[:, constant_right] = 0
    return r


def redundancy(r):
    size = len(r)
    off = ~np.eye(size, dtype=bool)
    own = np.kron(np.eye(size // 2, dtype=bool), np.ones((2, 2), dtype=bool))
    return {
        "r": r.tolist(),
        "fields": np.abs(r).reshape(size // 2, 2, size // 2, 2).mean((1, 3)).tolist(),
        "mean_off_diagonal": float(np.abs(r)[off].mean()),
        "mean_off_own_field": float(np.abs(r)[~own].mean()),
        "share_above_0.1": float((np.abs(r)[off] > 0.1).mean()),
        "share_above_0.5": float((np.abs(r)[off] > 0.5).mean()),
        "frobenius": float(np.linalg.norm(r)),
        "barlow_twins": float((r[off] ** 2).sum()),
    }


def representations():
    generator = np.random.default_rng(2025)
    mixing = generator.standard_normal((WIDTH, WIDTH)) * 0.6 ** np.arange(WIDTH)
    left = single(generator.standard_normal((ROWS, WIDTH)) @ mixing + 3 * np.arange(WIDTH))
    right = single(np.maximum((left - left.mean(0)) @ generator.standard_normal((WIDTH, WIDTH)), 0))
    left[:, 2] = np.float32(0.3)  # a constant that is no binary fraction
    right[:, 4] = 0  # a unit that never fires
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
        "between": redundancy(pearson(left, right)),
        "within_left": redundancy(pearson(left, left)),
        "within_right": redundancy(pearson(right, right)),
        "constant_left": int((np.ptp(left, axis=0) == 0).sum()),
        "constant_right": int((np.ptp(right, axis=0) == 0).sum()),
        "table": table.tolist(),
        "seen": seen,
        "table_spectrum": of_rows(table[seen]),
        "table_covariance_spectrum": of_covariance(table[seen]),
    }


def delong(scores, clicked):
    """DeLong, DeLong and Clarke-Pearson (1988) by its definition: every pair of rows of different classes."""
    areas, of_clicked, of_others = [], [], []
    for score in scores:
        x, y = score[clicked][:, None], score[~clicked][None, :]
        psi = (x > y) + 0.5 * (x == y)
        areas.append(psi.mean())
        of_clicked.append(psi.mean(1))
        of_others.append(psi.mean(0))
    covariance = np.cov(of_clicked) / clicked.sum() + np.cov(of_others) / (~clicked).sum()
    return np.array(areas), covariance


def comparison(rows, seed):
    generator = np.random.default_rng(seed)
    signal = generator.standard_normal(rows)
    clicked = generator.random(rows) < 1 / (1 + np.exp(1 - signal))
    first = single(np.round(signal + generator.standard_normal(rows), 1))  # rounded: many ties
    second = single(0.7 * signal + 0.6 * generator.standard_normal(rows) - 1)
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
write("comparison.json", [comparison(12, 1), comparison(400, 2), comparison(90, 3)])
