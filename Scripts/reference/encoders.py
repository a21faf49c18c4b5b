"""The encoders, which generate one vector per field from the embeddings of a row.

Each encoder is one formula. It reads and returns `[B, N, d]` or `[B, N*d]`; `new_encoder` adds
gamma * act(.). In the formulas, x is the flattened row.
"""

import torch
from torch import nn
from torch.nn import functional

from layers import ACTIVATIONS, Weight
from settings import ranked

HEADS = 4


class FieldWise(nn.Linear):
    """The paper's encoder: x W^T, without bias."""

    def __init__(self, fields, d):
        super().__init__(len(fields) * d, len(fields) * d, bias=False)

    def forward(self, v):
        return super().forward(v.flatten(1)).view_as(v)


class Own(Weight):
    """v_i P_i: every field from itself only."""

    def __init__(self, fields, d):
        super().__init__(len(fields), d, d)

    def forward(self, v):
        return torch.stack([v[:, i] @ matrix for i, matrix in enumerate(self.weight)], dim=1)


class Some(nn.Linear):
    """x W_i^T for the chosen fields, zero for the others, which are not generated."""

    def __init__(self, fields, d, chosen):
        super().__init__(len(fields) * d, len(chosen) * d, bias=False)
        self.chosen = chosen

    def forward(self, v):
        made = super().forward(v.flatten(1)).view(len(v), len(self.chosen), v.shape[2])
        result = torch.zeros_like(v)
        result[:, self.chosen] = made
        return result


class Shared(nn.Linear):
    """x W^T, `[B, d]`, the same for all fields."""

    def __init__(self, fields, d):
        super().__init__(len(fields) * d, d, bias=False)

    def forward(self, v):
        return super().forward(v.flatten(1)).unsqueeze(1).expand_as(v)


class Stacked(nn.Module):
    """ReLU(BN(x W_0^T)) W_1^T."""

    def __init__(self, fields, d):
        super().__init__()
        width = len(fields) * d
        first = nn.Linear(width, width, bias=False)
        first.norm = nn.BatchNorm1d(width)
        self.add_module("0", first)
        self.output = nn.Linear(width, width, bias=False)

    def forward(self, v):
        first = self.get_submodule("0")
        hidden = functional.relu(first.norm(first(v.flatten(1))))
        return self.output(hidden).view_as(v)


class LowRank(nn.Module):
    """act(x U) V, with U and V kept transposed."""

    def __init__(self, fields, d, rank, activation):
        super().__init__()
        self.down = nn.Linear(len(fields) * d, rank, bias=False)
        self.down.activation = ACTIVATIONS[activation]()
        self.up = nn.Linear(rank, len(fields) * d, bias=False)

    def forward(self, v):
        return self.up(self.down.activation(self.down(v.flatten(1)))).view_as(v)


class SelfAttention(nn.Module):
    """ReLU(LN(heads of softmax(Q K^T / sqrt(d / heads)) V)).

    There is no projection after the heads, no residual and no dropout.
    """

    def __init__(self, fields, d):
        super().__init__()
        self.query = nn.Linear(d, d, bias=False)
        self.key = nn.Linear(d, d, bias=False)
        self.value = nn.Linear(d, d, bias=False)
        self.norm = nn.LayerNorm(d)

    def forward(self, v):
        def heads(vectors):
            return vectors.unflatten(2, (HEADS, -1)).transpose(1, 2)  # [B, heads, N, d / heads]

        q, k, value = heads(self.query(v)), heads(self.key(v)), heads(self.value(v))
        weights = (q @ k.transpose(2, 3) / q.shape[-1] ** 0.5).softmax(dim=-1)
        return functional.relu(self.norm((weights @ value).transpose(1, 2).flatten(2)))


KINDS = {"field_shared": Shared, "stacked": Stacked, "self_attention": SelfAttention}


def generated_fields(fields, settings):
    """The indices of the generated fields, ascending."""
    if settings.encoder_source == "high_cardinality":
        return sorted(ranked(fields)[: settings.num_source])
    if settings.encoder_source == "low_cardinality":
        return sorted(ranked(fields)[-settings.num_source :])
    return list(range(len(fields)))


def new_encoder(fields, settings, d=None):
    """Creates the encoder that the settings describe, of vectors of d elements.

    It inherits from the module that holds its weights, so that the names of parameters have no
    extra level.
    """
    d = d or settings.embedding_dim
    chosen = generated_fields(fields, settings)
    if settings.encoder_kind in KINDS:
        base, arguments = KINDS[settings.encoder_kind], ()
    elif settings.encoder_kind == "low_rank":
        base = LowRank
        arguments = (settings.encoder_rank, settings.encoder_inner_activation)
    elif settings.encoder_source == "own":
        base, arguments = Own, ()
    elif settings.encoder_source == "all":
        base, arguments = FieldWise, ()
    else:
        base, arguments = Some, (chosen,)
    is_generated = torch.tensor([i in chosen for i in range(len(fields))]).view(1, -1, 1)

    class Encoder(base):
        def __init__(self):
            super().__init__(fields, d, *arguments)
            self.activation = ACTIVATIONS[settings.encoder_activation]()

        def forward(self, x):
            v = x.view(len(x), len(fields), d)
            made = settings.encoder_gamma * self.activation(super().forward(v))
            if settings.encoder_residual:
                made = made + v
            return torch.where(is_generated, made, v).view_as(x)

    return Encoder()
