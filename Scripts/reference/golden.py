"""Writes the golden fixtures: PyTorch's results in double precision, which `sfg` must reproduce.

`make golden` runs this script; README.md describes the files.
"""

import argparse
import json
import zlib
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors.torch import save
from torch.nn import functional

from cases import cases
from models import build, regularizer
from settings import Settings

STEPS = 10
LEARNING_RATE = 1e-2
EMBEDDING_REGULARIZER = 1e-2
NET_REGULARIZER = 5e-3
# The largest difference between ten steps in single and in double precision: a quarter of the
# tolerance that the tests allow `sfg`.
SINGLE_PRECISION_ERROR = 2.5e-5
OMITTED_DEFAULTS = (
    "encoder_kind", "encoder_source", "num_source", "target", "num_target", "embedding_sets",
    "encoder_rank", "encoder_inner_activation", "tokenizer", "num_tokens", "token_dim",
    "tokenizer_hidden_units", "num_blocks", "ffn_hidden_units", "ffn_expansion", "token_norm",
    "num_wukong_layers", "fmb_features", "lcb_features", "fmb_rank", "fmb_hidden_units",
)  # fmt: skip
FOLDER = Path(__file__).parents[2] / "Tests/ModelsTests/Fixtures/golden"


class Data:
    """Batches, `[STEPS, B, N]` and `[STEPS, B]`; numbers are in single precision, as in `sfg`."""

    def __init__(self, case, random):
        shape = (STEPS, case.batch)
        self.ids = torch.stack(
            [torch.randint(field.rows, shape, generator=random) for field in case.fields], dim=-1
        ).int()
        self.values = torch.ones(self.ids.shape)
        for index, field in enumerate(case.fields):
            if field.kind == "value":
                numbers = torch.randn(shape, generator=random)
                present = self.ids[..., index] == 1
                self.values[..., index] = torch.where(present, numbers, 1)
        self.labels = torch.randint(2, shape, generator=random).float()
        self.sequences = {}
        for index, field in enumerate(case.fields):
            if field.kind == "sequence":
                self.sequences[field.name] = self.draw_sequence(index, field, random)

    def draw_sequence(self, index, field, random):
        """Draws ids and weights, padded with zeros; `self.ids` holds the number of values."""
        shape = (*self.ids.shape[:2], field.most_values)
        counts = torch.randint(1, field.most_values + 1, shape[:2], generator=random)
        self.ids[..., index] = counts
        ids = torch.randint(field.rows, shape, generator=random).int()
        there = torch.arange(field.most_values) < counts.unsqueeze(-1)
        return ids * there, torch.randn(shape, generator=random) * there

    def batch(self, step, dtype):
        """The arguments of a model and the labels of one step."""
        sequences = {
            name: (ids[step].long(), weights[step].to(dtype))
            for name, (ids, weights) in self.sequences.items()
        }
        inputs = (self.ids[step].long(), self.values[step].to(dtype), sequences)
        return inputs, self.labels[step].to(dtype)

    def tensors(self):
        """The tensors that a fixture stores."""
        tensors = {"ids": self.ids, "values": self.values, "labels": self.labels}
        for name, (ids, weights) in self.sequences.items():
            tensors |= {f"sequence.{name}.ids": ids, f"sequence.{name}.weights": weights}
        return tensors


def draw(model, deviation, random):
    """Draws all weights from N(0, deviation^2), scales of normalisation around 1.

    No gradient is then trivial.
    """
    with torch.no_grad():
        for name, tensor in weights(model).items():
            numbers = torch.randn(tensor.shape, generator=random, dtype=torch.float64)
            if name.endswith("running_var"):
                tensor.copy_(0.5 + numbers.abs())
            else:
                tensor.copy_((1 if "norm.weight" in name else 0) + deviation * numbers)


def weights(model):
    """All tensors of a checkpoint by name."""
    return {
        name: tensor
        for name, tensor in model.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }


def copies(tensors):
    return {name: tensor.detach().clone() for name, tensor in tensors}


def first_pass(model, data, dtype=torch.float64):
    """Logits, loss and gradients of the first batch without regulariser.

    Leaves running statistics unchanged.
    """
    before = copies(model.state_dict().items())
    inputs, labels = data.batch(0, dtype)
    model.train()
    model.step = 1
    model.zero_grad()
    logits = model(*inputs)
    loss = functional.binary_cross_entropy_with_logits(logits, labels)
    loss.backward()
    gradients = {name: parameter.grad.clone() for name, parameter in model.named_parameters()}
    model.load_state_dict(before)
    return logits.detach(), loss.detach(), gradients


def train(model, data, maximum_norm, dtype=torch.float64):
    """Takes ten steps of Adam.

    Returns the loss of each step without the regulariser, and the norm of its gradient before
    clipping.
    """
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
    losses, norms = [], []
    model.train()
    for step in range(STEPS):
        model.step = step + 1
        inputs, labels = data.batch(step, dtype)
        loss = functional.binary_cross_entropy_with_logits(model(*inputs), labels)
        optimizer.zero_grad()
        (loss + regularizer(model, EMBEDDING_REGULARIZER, NET_REGULARIZER)).backward()
        norms.append(torch.nn.utils.clip_grad_norm_(model.parameters(), maximum_norm))
        optimizer.step()
        losses.append(loss.detach())
    return torch.stack(losses), torch.stack(norms)


def single_precision_error(case, data, before, after, maximum_norm):
    """The largest difference between PyTorch's results in single and in double precision."""
    model = build(case.fields, case.settings)
    model.load_state_dict(before, strict=False)
    model.float()
    train(model, data, maximum_norm, torch.float32)
    ends = weights(model)
    return max((ends[name].double() - after[name]).abs().max().item() for name in after)


def attempt(case, seed):
    """Computes one draw of a case; None if the draw is unsuitable.

    A draw is unsuitable if fewer than three steps are clipped or fewer than three are not, or if
    the result is sensitive to rounding, because a ReLU's input or the first gradient that Adam
    normalises is almost zero.
    """
    random = torch.Generator().manual_seed(seed)
    data = Data(case, random)
    model = build(case.fields, case.settings)
    draw(model, case.deviation, random)
    before = copies(weights(model).items())
    logits, loss, gradients = first_pass(model, data)

    _, norms = train(model, data, maximum_norm=float("inf"))
    maximum_norm = round(norms.median().item(), 3)
    model.load_state_dict(before, strict=False)
    losses, norms = train(model, data, maximum_norm)
    after = copies(weights(model).items())
    if not 3 <= (norms > maximum_norm).sum() <= STEPS - 3:
        return None
    if single_precision_error(case, data, before, after, maximum_norm) > SINGLE_PRECISION_ERROR:
        return None

    model.eval()
    with torch.no_grad():
        inputs, _ = data.batch(0, torch.float64)
        evaluated = model(*inputs)
    tensors = data.tensors() | {"logits": logits, "loss": loss, "losses": losses, "norms": norms}
    tensors |= {"evaluation_logits": evaluated}
    tensors |= {f"before.{name}": tensor for name, tensor in before.items()}
    tensors |= {f"gradient.{name}": tensor for name, tensor in gradients.items()}
    tensors |= {f"after.{name}": tensor for name, tensor in after.items()}
    return tensors, metadata(case, maximum_norm)


def text(value):
    """A setting as a flat string: lists separated by commas, booleans as in YAML."""
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def written(settings):
    """The settings as text, without encoder and target where they are the paper's defaults."""
    default = Settings(settings.backbone)
    return {
        name: text(value)
        for name, value in asdict(settings).items()
        if name not in OMITTED_DEFAULTS or value != getattr(default, name)
    }


def metadata(case, maximum_norm):
    fields = [
        f"{field.name}:{field.kind}:{field.rows}"
        + (f":{field.most_values}" if field.kind == "sequence" else "")
        for field in case.fields
    ]
    return {
        **written(case.settings),
        "fields": ",".join(fields),
        "learning_rate": text(LEARNING_RATE),
        "embedding_regularizer": text(EMBEDDING_REGULARIZER),
        "net_regularizer": text(NET_REGULARIZER),
        "max_gradient_norm": text(maximum_norm),
    }


def with_sorted_header(file):
    """Sorts the metadata of a file; safetensors writes them in a different order each time."""
    size = int.from_bytes(file[:8], "little")
    header = json.loads(file[8 : 8 + size])
    header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
    text = json.dumps(header, separators=(",", ":")).encode()
    return file[:8] + text.ljust(size) + file[8 + size :]


def write(case, folder):
    """Draws until a draw is suitable, and writes its file."""
    seed = zlib.crc32(case.name.encode())
    for draws in range(1000):
        if result := attempt(case, seed + draws):
            tensors, description = result
            path = folder / f"{case.name}.safetensors"
            tensors = {name: tensor.contiguous() for name, tensor in tensors.items()}
            path.write_bytes(with_sorted_header(save(tensors, description)))
            print(f"{path.name}: {path.stat().st_size} bytes, draw {draws + 1}")
            return
    raise SystemExit(f"{case.name}: no draw in 1000 is insensitive to rounding")


def main():
    parser = argparse.ArgumentParser(description="Write the golden fixtures.")
    parser.add_argument("--output", type=Path, default=FOLDER, help="the folder (default: that of the tests)")
    parser.add_argument("--missing", action="store_true", help="keep the files that exist")
    options = parser.parse_args()
    folder = options.output
    torch.set_num_threads(1)
    folder.mkdir(parents=True, exist_ok=True)
    if not options.missing:
        for old in folder.glob("*.safetensors"):
            old.unlink()
    for case in cases():
        if not (folder / f"{case.name}.safetensors").exists():
            write(case, folder)


if __name__ == "__main__":
    main()
