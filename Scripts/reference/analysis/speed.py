"""Measures numpy's time for a spectrum and a correlation: speed.py ROWS COLUMNS THREADS

Prints one line per precision: its name, the seconds, and the singular value that rounding leaves
for an unused direction, relative to the largest. The computation is that of the paper's analyses:
the SVD of the covariance, then the product of z-scores.
"""

import os
import sys
import time

rows, columns, threads = map(int, sys.argv[1:])
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = str(threads)

import numpy as np  # noqa: E402  after the number of threads is set

generator = np.random.default_rng(1)
data = generator.standard_normal((rows, columns), dtype=np.float32)
other = generator.standard_normal((rows, columns), dtype=np.float32)
data[:, 0] = data[:, 1]  # one unused direction


def work(left, right):
    centred = right - right.mean(0)
    values = np.linalg.svd(centred.T @ centred / rows, compute_uv=False)
    z_left = (left - left.mean(0)) / left.std(0, ddof=1)
    z_right = (right - right.mean(0)) / right.std(0, ddof=1)
    np.nan_to_num(z_left.T @ z_right / (rows - 1))
    return values


for kind in (np.float32, np.float64):
    best = np.inf
    for _ in range(3):
        start = time.perf_counter()
        # The data are in single precision; include the time to convert them.
        values = work(other.astype(kind, copy=False), data.astype(kind, copy=False))
        best = min(best, time.perf_counter() - start)
    print(kind.__name__, best, float(values[-1] / values[0]))
