"""Writes Tests/AnalysisTests/Fixtures/statistics.json: what numpy finds in a small pair of operands and a table.

Run from anywhere: python3 Scripts/reference/analysis/make_fixture.py   (numpy 2.4.6 made the committed file)
"""

import json
import pathlib

import numpy as np

ROWS, WIDTH, TABLE_ROWS, DIMENSION = 60, 6, 40, 4


def single(values):
    """Rounds to single precision, so that a model in either precision holds the same numbers."""
    return values.astype(np.float32).astype(np.float64)


def rankme(values):
    share = values / values.sum() + 1e-7
    return float(np.exp(-(share * np.log(share)).sum()))


def spectrum(values):
    with np.errstate(divide="ignore"):
        logs = np.log(values / values.max())
    return {
        "values": values.tolist(),
        "log_normalized": logs.tolist(),
        "information_abundance": float(values.sum() / values.max()),
        "rankme": rankme(values),
        "count_98": int(np.argmax(np.cumsum(values) >= 0.98 * values.sum())) + 1,
    }


generator = np.random.default_rng(2025)
mixing = generator.standard_normal((WIDTH, WIDTH)) * 0.6 ** np.arange(WIDTH)
left = single(generator.standard_normal((ROWS, WIDTH)) @ mixing + 3 * np.arange(WIDTH))
right = single(np.maximum((left - left.mean(0)) @ generator.standard_normal((WIDTH, WIDTH)), 0))
left[:, 2] = np.float32(0.3)  # a constant that is no binary fraction
right[:, 4] = 0  # a unit that never fires
table = single(generator.standard_normal((TABLE_ROWS, DIMENSION)) * 0.1 ** np.arange(DIMENSION))
seen = sorted(generator.choice(TABLE_ROWS, 25, replace=False).tolist())

covariance = np.cov(right, rowvar=False, bias=True)
constant_left = np.ptp(left, axis=0) == 0
constant_right = np.ptp(right, axis=0) == 0
with np.errstate(divide="ignore", invalid="ignore"):
    z_left = (left - left.mean(0)) / left.std(0, ddof=1)
    z_right = (right - right.mean(0)) / right.std(0, ddof=1)
    pearson = np.nan_to_num(z_left.T @ z_right / (ROWS - 1))
# numpy's mean of a constant rounds and leaves noise where the deviation should be zero.
pearson[constant_left, :] = 0
pearson[:, constant_right] = 0
blocks = np.abs(pearson).reshape(WIDTH // 2, 2, WIDTH // 2, 2).mean((1, 3))
off_diagonal = np.abs(pearson)[~np.eye(WIDTH, dtype=bool)]
own = np.kron(np.eye(WIDTH // 2, dtype=bool), np.ones((2, 2), dtype=bool))

fixture = {
    "left": left.tolist(),
    "right": right.tolist(),
    "covariance": covariance.tolist(),
    "covariance_spectrum": spectrum(np.linalg.svd(covariance, compute_uv=False)),
    "uncentred_spectrum": spectrum(np.linalg.svd(right, compute_uv=False)),
    "pearson": pearson.tolist(),
    "constant_left": int(constant_left.sum()),
    "constant_right": int(constant_right.sum()),
    "fields": blocks.tolist(),
    "mean_off_diagonal": float(off_diagonal.mean()),
    "mean_off_own_field": float(np.abs(pearson)[~own].mean()),
    "share_above_0.1": float((off_diagonal > 0.1).mean()),
    "share_above_0.5": float((off_diagonal > 0.5).mean()),
    "table": table.tolist(),
    "seen": seen,
    "table_spectrum": spectrum(np.linalg.svd(table[seen], compute_uv=False)),
}
folder = pathlib.Path(__file__).resolve().parents[3] / "Tests/AnalysisTests/Fixtures"
folder.mkdir(parents=True, exist_ok=True)
text = json.dumps(fixture)
(folder / "statistics.json").write_text(text.replace("-Infinity", "null").replace("], ", "],\n") + "\n")
print("wrote", folder / "statistics.json", "with numpy", np.__version__)
