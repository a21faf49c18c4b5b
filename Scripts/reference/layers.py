"""The layers of the models. Each is one formula; parameters are named as in `sfg`'s checkpoints."""

from collections import OrderedDict

import torch
from torch import nn

ACTIVATIONS = {
    "relu": nn.ReLU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
    "silu": nn.SiLU,
    "elu": nn.ELU,
    "prelu": nn.PReLU,
    "gelu": nn.GELU,
    "linear": nn.Identity,
}


class Tables(nn.ModuleDict):
    """One embedding table per field: `[B, N]` ids and values to `[B, N, dimension]`.

    The ids and weights of a sequence field, `[B, most]`, are given by its name. Its vector is sum_k
    weight_k E[id_k]; ids and weights after the last value are 0.
    """

    def __init__(self, fields, dimension):
        super().__init__({field.name: nn.Embedding(field.rows, dimension) for field in fields})

    def forward(self, ids, values, sequences):
        vectors = [
            self.pooled(name, *sequences[name]) if name in sequences
            else table(column) * value.unsqueeze(-1)
            for (name, table), column, value in zip(self.items(), ids.unbind(1), values.unbind(1))
        ]  # fmt: skip
        return torch.stack(vectors, dim=1)

    def pooled(self, name, ids, weights):
        return (self[name](ids) * weights.unsqueeze(-1)).sum(dim=1)


class FirstOrder(Tables):
    """b + sum_f w_f[id_f], each weight multiplied by the field's value or weights."""

    def __init__(self, fields):
        super().__init__(fields, 1)
        self.bias = nn.Parameter(torch.zeros(1))

    def forward(self, ids, values, sequences):
        return super().forward(ids, values, sequences).sum(dim=(1, 2)) + self.bias


class Hidden(nn.Linear):
    """Linear, optional batch normalisation, activation."""

    def __init__(self, inputs, outputs, activation="relu", batch_norm=False):
        super().__init__(inputs, outputs)
        self.norm = nn.BatchNorm1d(outputs) if batch_norm else None
        self.activation = ACTIVATIONS[activation]()

    def forward(self, x):
        z = super().forward(x)
        return self.activation(z if self.norm is None else self.norm(z))


def mlp(inputs, settings, outputs=None):
    """Hidden layers `0`, `1`, ... and optionally a last Linear `output`."""
    layers = OrderedDict()
    for index, units in enumerate(settings.hidden_units):
        layers[str(index)] = Hidden(inputs, units, settings.hidden_activation, settings.batch_norm)
        inputs = units
    if outputs is not None:
        layers["output"] = nn.Linear(inputs, outputs)
    return nn.Sequential(layers)


def head(inputs, settings):
    """The head: the authors' Linear(D, 2D), ReLU, Linear(2D, 1), or FuxiCTR's Linear(D, 1)."""
    layers = OrderedDict()
    if settings.head == "mlp":
        layers["0"] = Hidden(inputs, 2 * inputs)
        inputs *= 2
    layers["output"] = nn.Linear(inputs, 1)
    return nn.Sequential(layers)


class Weight(nn.Module):
    """A module with one parameter, `weight`."""

    def __init__(self, *shape):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(shape))


class RMSNorm(Weight):
    """x / sqrt(mean(x^2) + eps) times gamma, over the last axis; gamma may have more axes."""

    def __init__(self, *shape):
        super().__init__(*shape)
        nn.init.ones_(self.weight)

    def forward(self, x):
        scale = (x.square().mean(dim=-1, keepdim=True) + 1e-12).rsqrt()
        return x * scale * self.weight.view(-1, x.shape[-1]).squeeze(0)


class TokenLinear(nn.Module):
    """One Linear per token, `[B, T, in]` to `[B, T, out]`; a token's weights are consecutive rows."""

    def __init__(self, tokens, inputs, outputs):
        super().__init__()
        self.shape = (tokens, outputs, inputs)
        self.weight = nn.Parameter(torch.zeros(tokens * outputs, inputs))
        self.bias = nn.Parameter(torch.zeros(tokens * outputs))

    def forward(self, x):
        weight, bias = self.weight.view(self.shape), self.bias.view(self.shape[:2])
        return torch.einsum("bti,toi->bto", x, weight) + bias


class GatedUnit(nn.Module):
    """L3((S2 y + GELU(L1 y)) * (L2 g)) + S1 y, with g = y or generated from y."""

    def __init__(self, tokens, width, expanded, encoder):
        super().__init__()
        self.gelu = TokenLinear(tokens, width, expanded)
        self.gate = TokenLinear(tokens, width, expanded)
        self.inner_skip = TokenLinear(tokens, width, expanded)
        self.output = TokenLinear(tokens, expanded, width)
        self.skip = TokenLinear(tokens, width, width)
        self.generate = (encoder,)  # a module of the block

    def forward(self, y):
        factor = self.inner_skip(y) + nn.functional.gelu(self.gelu(y))
        return self.output(factor * self.gate(self.generate[0](y))) + self.skip(y)


class PermutedMixing(nn.Module):
    """LayerNorm(X + mixed(G)): mixed token h is block h of every token of G."""

    def __init__(self, dimension, encoder):
        super().__init__()
        self.norm = nn.LayerNorm(dimension)
        self.generate = (encoder,)  # a module of the block

    def forward(self, x):
        batch, tokens, _ = x.shape
        blocks = self.generate[0](x).view(batch, tokens, tokens, -1)
        return self.norm(x + blocks.transpose(1, 2).reshape(x.shape))


class FullMixing(nn.Linear):
    """X + Linear(RMSNorm(X)) over all elements of a row's tokens."""

    def __init__(self, width):
        super().__init__(width, width)
        self.norm = RMSNorm(width)

    def forward(self, x):
        return x + super().forward(self.norm(x.flatten(1))).view_as(x)


class WukongLayer(nn.Module):
    """LayerNorm([MLP(LayerNorm(G X^T Y)) ; W X] + R X); Y and W are kept transposed."""

    def __init__(self, fields, d, settings):
        super().__init__()
        self.made, features = settings.fmb_features, settings.fmb_features + settings.lcb_features
        self.fmb = nn.Module()
        self.fmb.projection = nn.Linear(fields, settings.fmb_rank, bias=False)
        self.fmb.norm = nn.LayerNorm(fields * settings.fmb_rank)
        inputs = fields * settings.fmb_rank
        for index, units in enumerate((*settings.fmb_hidden_units, self.made * d)):
            self.fmb.add_module(str(index), Hidden(inputs, units))
            inputs = units
        self.lcb = nn.Linear(fields, settings.lcb_features, bias=False)
        self.residual = nn.Linear(fields, features) if fields != features else None
        self.norm = nn.LayerNorm(d)

    def forward(self, g, x):
        swapped = x.transpose(1, 2)
        made = self.fmb.norm((g @ self.fmb.projection(swapped)).flatten(1))
        for name, layer in self.fmb.named_children():
            if name.isdigit():
                made = layer(made)
        both = torch.cat([made.unflatten(1, (self.made, -1)), self.lcb(swapped).transpose(1, 2)], 1)
        rest = x if self.residual is None else self.residual(swapped).transpose(1, 2)
        return self.norm(both + rest)


class CompressedInteraction(nn.Linear):
    """One layer of xDeepFM's CIN: X^{k+1}_o = sum_{h,m} W_{o,hM+m} (g_h * X^k_m) + b_o.

    Products and sums are element-wise along d.
    """

    def __init__(self, fields, maps, units, encoder):
        super().__init__(fields * maps, units)
        self.encoder = encoder

    def forward(self, v, state):
        products = self.encoder(v).unsqueeze(2) * state.unsqueeze(1)  # [B, N, M, d]
        return super().forward(products.flatten(1, 2).transpose(1, 2)).transpose(1, 2)


class CrossLayer(nn.Linear):
    """X_{l+1} = X_l + I with the element-wise product I = G * (X_l W^T (+ b)).

    G is x, or an encoder's output for X_l or x. The first state is the masked x, if there is a
    mask; encoders read x without mask.
    """

    def __init__(self, width, settings, encoder):
        super().__init__(width, width, bias=settings.cross_bias)
        self.encoder = encoder
        reads_state = settings.paradigm == "generative" and settings.encoder_input == "layer_state"
        self.reads_state = reads_state

    def forward(self, x, state, first):
        source = self.encoder(state if self.reads_state and not first else x)
        interaction = source * super().forward(state)
        return state + interaction, interaction
