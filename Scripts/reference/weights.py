"""Writes the fixture of weighted metrics and recalibrations: scikit-learn's results with `sample_weight`.

    pip install numpy==2.4.6 scikit-learn==1.9.1 && python3 Scripts/reference/weights.py

`WeightedMetricsTests` and `WeightedRecalibrationTests` read it. Logits are multiples of 1/4 and weights multiples
of 1/8, which single precision holds exactly; some weights are 0.
"""

import json
from pathlib import Path

import numpy as np
from sklearn.calibration import _SigmoidCalibration
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import log_loss, roc_auc_score

PATH = Path(__file__).parents[2] / "Tests/TrainingTests/Fixtures/weights.json"
ROWS = 400
BINS = 20


def calibration_error(logits, labels, probabilities, weights):
    """The mean distance of prediction and click rate over bins of equally many rows of positive weight."""
    kept = weights > 0
    logits, labels, probabilities, weights = (x[kept] for x in (logits, labels, probabilities, weights))
    error = done = closed = 0
    open_bin = []
    for level in np.unique(logits):
        tied = np.flatnonzero(logits == level)
        open_bin.extend(tied)
        done += len(tied)
        if done * BINS // len(logits) > closed:
            closed = done * BINS // len(logits)
            bin_weights = weights[open_bin]
            error += abs(np.sum(bin_weights * (probabilities[open_bin] - labels[open_bin])))
            open_bin = []
    return error / weights.sum()


def metrics(logits, labels, weights, rate):
    """What sfg reports of rows of which a share `rate` of the negatives was kept, by a model trained on such rows."""
    counted = np.where(labels == 1, weights, weights / rate)
    probabilities = 1 / (1 + np.exp(-(logits + np.log(rate))))
    click_rate = np.average(labels, weights=counted)
    loss = log_loss(labels, probabilities, sample_weight=counted)
    entropy = -(click_rate * np.log(click_rate) + (1 - click_rate) * np.log(1 - click_rate))
    return {
        "weight": counted.sum(),
        "AUC": roc_auc_score(labels, logits, sample_weight=counted),
        "logloss": loss,
        "calibration": np.average(probabilities, weights=counted) / click_rate,
        "normalized_entropy": loss / entropy,
        "expected_calibration_error": calibration_error(logits, labels, probabilities, counted),
    }


def recalibrations(logits, labels, weights):
    isotonic = IsotonicRegression(out_of_bounds="clip").fit(logits, labels, sample_weight=weights)
    sigmoid = _SigmoidCalibration().fit(logits, labels, sample_weight=weights)
    return {
        "isotonic_logits": isotonic.X_thresholds_.tolist(),
        "isotonic_probabilities": isotonic.y_thresholds_.tolist(),
        # P = 1/(1 + exp(a·logit + b)); found by a minimiser that stops early.
        "platt_slope": -sigmoid.a_,
        "platt_intercept": -sigmoid.b_,
    }


def main():
    random = np.random.default_rng(1)
    logits = random.integers(-12, 9, ROWS) / 4
    labels = (random.random(ROWS) < 1 / (1 + np.exp(-0.7 * logits))).astype(float)
    weights = random.integers(0, 25, ROWS) / 8
    document = {
        "logits": logits.tolist(),
        "labels": labels.tolist(),
        "weights": weights.tolist(),
        "metrics": metrics(logits, labels, weights, 1),
        "sampled_rate": 0.1,
        "sampled_metrics": metrics(logits, labels, weights, 0.1),
        "recalibrations": recalibrations(logits, labels, weights),
    }
    lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in document.items()]
    PATH.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
