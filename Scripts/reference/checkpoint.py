"""Loads the best weights of a run of `sfg` into the reference and compares the predictions.

    sfg eval --run RUN --data DATA --predictions predictions.csv
    python3 Scripts/reference/checkpoint.py RUN DATA predictions.csv

Rows are encoded by the rules of Documentation/reference/ids.md, without any code of `sfg`.
Supports the formats criteo and delimited (without quotes), plain or gzip, and the encodings hash,
log_bucket and value.
"""

import argparse
import csv
import gzip
import json
import math
from pathlib import Path

import torch
import xxhash
import yaml
from safetensors import safe_open
from safetensors.torch import load_file

from models import build
from settings import Field, Settings

# `sfg` computes logits in single precision and sums in a different order.
TOLERANCE = 1e-5


def hashed(field, text, buckets):
    if not text:
        return 0
    seed = xxhash.xxh3_64_intdigest(field.encode())
    return 1 + (xxhash.xxh3_64_intdigest(text.encode(), seed=seed) * buckets >> 64)


def log_bucket(text):
    if not text:
        return 0
    x = float(text)
    if x <= 2:
        category = max(-100, math.trunc(x))
    else:
        category = 1907 if x > 2**63 else math.floor(math.log(x) ** 2)
    return category + 101


def encode(field, text):
    """Returns the id and the value of a text."""
    match field["encoding"]:
        case "hash":
            return hashed(field["name"], text, field["buckets"]), 1.0
        case "log_bucket":
            return log_bucket(text), 1.0
        case "value":
            return (1, float(text)) if text else (0, 1.0)
        case other:
            raise SystemExit(f"field {field['name']}: encoding {other} is not supported by this script")


def described(field):
    """The field as a model sees it."""
    kind = "value" if field["encoding"] == "value" else "category"
    rows = {"hash": field.get("buckets", 0) + 1, "log_bucket": 2009, "value": 2}[field["encoding"]]
    return Field(field["name"], kind, rows, field.get("distinct"))


def texts(path, document):
    """Yields the texts of the fields of each row."""
    opened = gzip.open if path.suffix == ".gz" else open
    names = [field["name"] for field in document["fields"]]
    with opened(path, "rt", newline="") as file:
        if document["format"] == "criteo":
            for line in file:
                yield line.rstrip("\r\n").split("\t")[1:]
            return
        header = file.readline().rstrip("\r\n")
        delimiter = "\t" if "\t" in header else ","
        places = [header.split(delimiter).index(name) for name in names]
        for line in file:
            columns = line.rstrip("\r\n").split(delimiter)
            yield [columns[place] for place in places]


def settings(model):
    """Converts the `model:` section of a configuration to settings of the reference."""
    encoder = model["encoder"]
    return Settings(
        backbone=model["backbone"],
        paradigm=model["paradigm"],
        embedding_dim=model["embedding_dim"],
        encoder_activation=encoder["activation"],
        encoder_gamma=float(encoder["gamma"]),
        encoder_residual=encoder["residual"],
        encoder_input=encoder["input"],
        encoder_kind=encoder["kind"],
        encoder_source=encoder["source"],
        num_source=encoder["num_source"],
        target=model.get("target", "all"),
        num_target=model.get("num_target", 10),
        hidden_units=tuple(model["hidden_units"] or ()),
        hidden_activation=model["hidden_activation"],
        batch_norm=model["batch_norm"],
        head=model["head"],
        num_cross_layers=model["num_cross_layers"],
        cross_bias=model["cross_bias"],
        cin_hidden_units=tuple(model["cin_hidden_units"] or ()),
        fwfm_linear=model["linear_type"],
        fmfm_field=model["field_interaction_type"],
    )


def main():
    parser = argparse.ArgumentParser(description="Compare the logits of a run with those of the reference.")
    parser.add_argument("run", type=Path, help="the run's folder")
    parser.add_argument("data", type=Path, help="the file of rows")
    parser.add_argument("predictions", type=Path, help="the file written by `sfg eval --predictions` for them")
    arguments = parser.parse_args()
    weights = arguments.run / "checkpoint/best.safetensors"
    with safe_open(weights, "pt") as file:
        configuration = yaml.safe_load(file.metadata()["config"])
    document = json.loads((arguments.run / "encoder/fields.json").read_text())

    fields = [described(field) for field in document["fields"]]
    model = build(fields, settings(configuration["model"])).eval()
    counters = {name for name in model.state_dict() if name.endswith("num_batches_tracked")}
    loaded = {name: tensor.double() for name, tensor in load_file(weights).items()}
    missing, unexpected = model.load_state_dict(loaded, strict=False)
    if set(missing) - counters or unexpected:
        raise SystemExit(f"missing {sorted(set(missing) - counters)}, unexpected {sorted(unexpected)}")

    opened = gzip.open if arguments.predictions.suffix == ".gz" else open
    with opened(arguments.predictions, "rt", newline="") as file:
        predicted = {int(row["row"]): float(row["logit"]) for row in csv.DictReader(file)}
    rows = list(texts(arguments.data, document))
    pairs = [[encode(f, text) for f, text in zip(document["fields"], row)] for row in rows]
    pairs = torch.tensor(pairs, dtype=torch.float64)
    with torch.no_grad():
        logits = model(pairs[..., 0].long(), pairs[..., 1].float().double())
    chosen = sorted(predicted)
    expected = torch.tensor([predicted[row] for row in chosen], dtype=torch.float64)
    error = (logits[chosen] - expected).abs().max().item()
    print(
        f"{configuration['model']['backbone']} {configuration['model']['paradigm']}: {len(loaded)} tensors, "
        f"{len(chosen)} rows, largest difference of a logit {error:.2e}"
    )
    if not error <= TOLERANCE * max(1, expected.abs().max().item()):
        raise SystemExit("the logits differ")


if __name__ == "__main__":
    main()
