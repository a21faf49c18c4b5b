"""All measures of the analyses, computed by numpy and scipy from all rows in memory."""

import numpy as np
from scipy import stats


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
        # scipy's entropy normalises its argument.
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
    # numpy's mean of a constant is rounded, so the deviation is not exactly zero.
    r[constant_left, :] = 0
    r[:, constant_right] = 0
    return r


def redundancy(r, dimension, left, right):
    """The measures of a matrix of blocks, for the fields on the left and on the right.

    A constant dimension, whose row or column is zero, has no correlation: its pairs are left out.
    """
    varies = (r != 0).any(1)[:, None] & (r != 0).any(0)[None, :]
    fields_left, fields_right = np.repeat(left, dimension), np.repeat(right, dimension)
    own = fields_left[:, None] == fields_right[None, :]
    positions_left, positions_right = np.arange(len(r)), np.arange(r.shape[1])
    diagonal = own & (positions_left[:, None] % dimension == positions_right[None, :] % dimension)
    shape = (len(left), dimension, len(right), dimension)
    blocks = np.abs(r).reshape(shape)
    of_own, of_others, different = own & ~diagonal & varies, ~own & varies, ~diagonal & varies
    return {
        "r": r.tolist(),
        "fields": (blocks.sum((1, 3)) / np.maximum(varies.reshape(shape).sum((1, 3)), 1)).tolist(),
        "pairs_left_out": int((~diagonal & ~varies).sum()),
        "mean_own_field": float(np.abs(r)[of_own].mean()),
        "mean_off_diagonal": float(np.abs(r)[different].mean()),
        "mean_off_own_field": float(np.abs(r)[of_others].mean()),
        "share_above_0.1": float((np.abs(r)[different] > 0.1).mean()),
        "share_above_0.5": float((np.abs(r)[different] > 0.5).mean()),
        "frobenius": float(np.linalg.norm(r)),
        "barlow_twins": float((r[~diagonal] ** 2).sum()),
    }
