"""The targets: the fields whose interactions the head reads, and masks of embeddings.

Random draws are the same as in `sfg`, addressed by seed, name and step
(Documentation/reference/order-and-splits.md).
"""

import torch
import xxhash
from torch import nn

from settings import ranked

# The seed of the models in `sfg`'s tests.
SEED = 1
WORD = 2**64 - 1


def mix(z):
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & WORD
    z = (z ^ z >> 27) * 0x94D049BB133111EB & WORD
    return z ^ z >> 31


def bits(stream, position):
    key = mix(mix(SEED + 0x9E3779B97F4A7C15 & WORD) ^ stream * 0xD1B54A32D192ED03 & WORD)
    return mix(key ^ mix(position * 0x9E3779B97F4A7C15 + key & WORD))


def drawn(name, step, count):
    """A random order of `count` fields by a Fisher-Yates shuffle."""
    stream = xxhash.xxh3_64_intdigest(name.encode())
    order = list(range(count))
    for k in range(count):
        other = k + (bits(stream, step * count + k) * (count - k) >> 64)
        order[k], order[other] = order[other], order[k]
    return order


class Mask(nn.Embedding):
    """v_i + m_i for the first num_target fields drawn for a step, in training only.

    There is one m for all fields, or one per field.
    """

    def __init__(self, fields, settings):
        self.per_field = settings.target == "field_masked"
        super().__init__(len(fields) if self.per_field else 1, settings.embedding_dim)
        self.count = min(settings.num_target, len(fields))

    def forward(self, v, step):
        if not self.training:
            return v
        chosen = drawn("mask", step, v.shape[1])[: self.count]
        hidden = v.clone()
        hidden[:, chosen] = v[:, chosen] + self.weight[chosen if self.per_field else [0] * self.count]
        return hidden


class Predicted:
    """The fields whose interactions a head reads instead of the last state."""

    def __init__(self, fields, settings):
        count = len(fields)
        hidden = min(settings.num_target, count - 1)
        self.places = {
            "random": slice(0, settings.num_target),
            "hard_masked": slice(hidden, count),
        }[settings.target]
        kept = settings.num_target if settings.target == "random" else count - hidden
        self.largest = sorted(ranked(fields)[:kept])
        self.fields = count

    def of(self, layer, step, training):
        if not training:
            return self.largest
        return drawn(f"cross.{layer}.target", step, self.fields)[self.places]

    def sum(self, interactions, dimension, step, training):
        """The sum over layers of [G * (X W^T)] at each layer's fields, `[B, k d]`."""
        parts = [
            term.unflatten(1, (self.fields, dimension))[:, self.of(layer, step, training)]
            for layer, term in enumerate(interactions)
        ]
        return torch.stack(parts).sum(dim=0).flatten(1)
