"""Runs the two native programs, sfg and xLearn, by their command lines."""

import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

MODELS = {
    "fm": "backbone: fm",
    "deepfm": "backbone: deepfm\n  hidden_units: [400, 400, 400]\n  batch_norm: true\n"
              "  net_dropout: 0.1",
    "dcnv2": "backbone: dcnv2\n  hidden_units: [500, 500, 500]\n  net_dropout: 0.1\n"
             "  num_cross_layers: 3\n  cross_bias: true\n  head: linear",
}


def sfg_rates(sfg, rows, model, update, threads, precision="float32"):
    """Rows per second of an epoch from gzip, and of the training steps alone.

    Dense updates pass over whole tables, so their cost depends on the size of the tables: a
    vocabulary gives them as many rows as the peer's. The cost of lazy updates does not, so they use
    sfg's default, hashing.
    """
    encoding = "vocabulary, min_count: 1" if update == "dense" else "hash"
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "run.yaml"
        config.write_text(
            f"run: bench\ndataset:\n  format: criteo\n  train: {rows.path}\n"
            f"  valid: {rows.valid_path}\n"
            f"features:\n  categorical: {{encoding: {encoding}}}\n"
            f"model:\n  embedding_dim: 10\n  {MODELS[model]}\n"
            f"training:\n  epochs: 1\n  batch_size: 4096\n  embedding_update: {update}\n"
            f"  embedding_regularizer: 1.0e-5\n  precision: {precision}\n", encoding="utf-8")
        subprocess.run(
            [sfg, "train", "--config", str(config), "--output", f"{folder}/run", "--quiet",
             "--threads", str(threads)],
            check=True, stdout=subprocess.DEVNULL)
        result = json.loads((Path(folder) / "run" / "result.json").read_text())
        lines = (Path(folder) / "run" / "metrics.jsonl").read_text().splitlines()
        evaluations = [line for line in map(json.loads, lines) if line["split"] == "valid"]
        epoch = evaluations[0]["samples_per_second"]
        seconds = result["seconds"]
        return epoch, rows.count / (seconds["compute"] + seconds["update"])


def xlearn_rate(program, rows, threads):
    """Rows per second of the fastest epoch of xLearn's FM, without parsing; None without xLearn."""
    if program is None or shutil.which(program) is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/rows.svm"
        rows.write_libsvm(path)
        output = subprocess.run(
            [program, path, "-s", "1", "-k", "10", "-e", "5", "-nthread", str(threads),
             "-m", f"{folder}/model", "-l", f"{folder}/log"],
            check=True, capture_output=True, text=True, env={"USER": "bench", **os.environ}).stdout
    plain = re.sub(r"\x1b\[[0-9;]*m", "", output)
    times = [float(line.split()[-1]) for line in plain.splitlines()
             if re.match(r"^\s*\d+%?\s+\d", line) or re.match(r"^\[\s*\d+%\s*\]\s+\d+\s+", line)]
    return rows.count / min(times) if times else None
