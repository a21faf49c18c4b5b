"""Writes the golden fixtures: what `sfg` must compute, as PyTorch computes it in double precision.

Run by `make golden`; README.md describes the files.
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
# Ten steps in single precision must end this close to those in double: a quarter of what the tests allow `sfg`.
SINGLE_PRECISION_ERROR = 2.5e-5
OMITTED_DEFAULTS = ("encoder_kind", "encoder_source", "num_source", "target", "num_target")
FOLDER = Path(__file__).parents[2] / "Tests/ModelsTests/Fixtures/golden"


class Data:
    """Batches, `[STEPS, B, N]` and `[STEPS, B]`; values and labels are single-precision numbers, as in `sfg`."""

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
        """Ids and weights, zeros behind the last value; how many values there are stands among the ids."""
        shape = (*self.ids.shape[:2], field.most_values)
        counts = torch.randint(1, field.most_values + 1, shape[:2], generator=random)
        self.ids[..., index] = counts
        ids = torch.randint(field.rows, shape, generator=random).int()
        there = torch.arange(field.most_values) < counts.unsqueeze(-1)
        return ids * there, torch.randn(shape, generator=random) * there

    def batch(self, step, dtype):
        """The arguments of a model, and the labels."""
        sequences = {
            name: (ids[step].long(), weights[step].to(dtype))
            for name, (ids, weights) in self.sequences.items()
        }
        inputs = (self.ids[step].long(), self.values[step].to(dtype), sequences)
        return inputs, self.labels[step].to(dtype)

    def tensors(self):
        """What a fixture holds of it."""
        tensors = {"ids": self.ids, "values": self.values, "labels": self.labels}
        for name, (ids, weights) in self.sequences.items():
            tensors |= {f"sequence.{name}.ids": ids, f"sequence.{name}.weights": weights}
        return tensors


def draw(model, deviation, random):
    """N(0, deviation^2) everywhere, about 1 where a normalisation multiplies, so that no gradient is trivial."""
    with torch.no_grad():
        for name, tensor in weights(model).items():
            numbers = torch.randn(tensor.shape, generator=random, dtype=torch.float64)
            if name.endswith("running_var"):
                tensor.copy_(0.5 + numbers.abs())
            else:
                tensor.copy_((1 if "norm.weight" in name else 0) + deviation * numbers)


def weights(model):
    """Everything that a checkpoint holds, by name."""
    return {
        name: tensor
        for name, tensor in model.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }


def copies(tensors):
    return {name: tensor.detach().clone() for name, tensor in tensors}


def first_pass(model, data, dtype=torch.float64):
    """Logits, loss and gradients of the first batch, without a regulariser; running statistics stay."""
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
    """Ten steps of Adam; the loss of each, without the regulariser, and its gradient's norm before clipping."""
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
    """How far PyTorch's own single precision ends from its double."""
    model = build(case.fields, case.settings)
    model.load_state_dict(before, strict=False)
    model.float()
    train(model, data, maximum_norm, torch.float32)
    ends = weights(model)
    return max((ends[name].double() - after[name]).abs().max().item() for name in after)


def attempt(case, seed):
    """One draw of a case; None where clipping does not bite in some steps and spare some, or rounding decides.

    Rounding decides where a ReLU's input or the first gradient that Adam sees is all but zero.
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
    """A setting as a flat string: lists with commas, booleans as YAML writes them."""
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def written(settings):
    """The settings as text; which encoder and target is left out where it is the paper's own."""
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
    """The same file, its header in order: safetensors writes metadata in a new order every time."""
    size = int.from_bytes(file[:8], "little")
    header = json.loads(file[8 : 8 + size])
    header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
    text = json.dumps(header, separators=(",", ":")).encode()
    return file[:8] + text.ljust(size) + file[8 + size :]


def write(case, folder):
    """Draws until a draw will do, and writes its file."""
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
    parser.add_argument("--output", type=Path, default=FOLDER, help="the folder (default: the tests')")
    folder = parser.parse_args().output
    torch.set_num_threads(1)
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.safetensors"):
        old.unlink()
    for case in cases():
        write(case, folder)


if __name__ == "__main__":
    main()
