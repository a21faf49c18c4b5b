#!/usr/bin/env python3
"""Check exported models with onnx.checker and evaluate them with onnxruntime.

For every NAME.onnx in FOLDER reads its inputs from NAME.json, `{input: {"type", "shape", "values"}}`, and writes the outputs
of all models to FOLDER/results, `{NAME: {"logit": […], "probability": […]}}`.

usage: onnx_logits.py FOLDER
"""
import json
import pathlib
import sys

import numpy
import onnx
import onnxruntime

TYPES = {"tensor(int64)": numpy.int64, "tensor(float)": numpy.float32, "tensor(double)": numpy.float64,
         "tensor(string)": object}


def array(entry, kind):
    values = [float("nan") if value is None else value for value in entry["values"]]
    return numpy.array(values, dtype=TYPES[kind]).reshape(entry["shape"])


def main():
    folder = pathlib.Path(sys.argv[1])
    results = {}
    for path in sorted(folder.glob("*.onnx")):
        onnx.checker.check_model(str(path), full_check=True)
        session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        entries = json.loads(path.with_suffix(".json").read_text())
        feeds = {value.name: array(entries[value.name], value.type) for value in session.get_inputs()}
        assert set(feeds) == set(entries), f"{path}: inputs {sorted(feeds)}, values for {sorted(entries)}"
        logit, probability = session.run(["logit", "probability"], feeds)
        results[path.stem] = {"logit": logit.tolist(), "probability": probability.tolist()}
    (folder / "results").write_text(json.dumps(results))


main()
