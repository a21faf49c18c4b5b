"""A second implementation of `sfg`'s models, in PyTorch, from the paper's formulas alone.

It is written for clarity, not speed; autograd computes the gradients. Names and shapes of
parameters are those of `sfg`'s checkpoints.

Notation: B rows, N fields, P = N(N-1)/2 pairs, d elements of an embedding, v_i the embedding of
field i, g_i the generated operand (v_i in the discriminative paradigm), x = [v_1 ... v_N]. t is v
after the mask in training; without a mask t is v.
"""

import torch
from torch import nn

from encoders import new_encoder
from layers import (
    CompressedInteraction,
    CrossLayer,
    FirstOrder,
    FullMixing,
    GatedUnit,
    PermutedMixing,
    RMSNorm,
    Tables,
    TokenLinear,
    Weight,
    WukongLayer,
    head,
    mlp,
)
from targets import Mask, Predicted


class ClickModel(nn.Module):
    """logit = interaction(embeddings) + the first-order term, if the backbone has one.

    With several sets of embeddings every set has tables and an interaction of its own. Logits are
    summed; of a perceptron that ends with the logit the first layer is a set's own, the mean of its
    outputs goes through the other layers, which are in the first set.
    """

    reads_embeddings = True
    has_first_order = False

    def __init__(self, fields, settings, is_first=True):
        super().__init__()
        self.settings = settings
        self.step = 1  # of training, from 1; targets and masks draw fields by it
        self.generative = settings.paradigm == "generative"
        self.fields = len(fields)
        self.width = self.fields * settings.embedding_dim
        self.schema = tuple(fields)
        rows, columns = torch.triu_indices(self.fields, self.fields, offset=1)
        self.pairs = (rows, columns)
        if self.reads_embeddings:
            self.embedding = Tables(fields, settings.embedding_dim)
        if settings.target in ("masked", "field_masked"):
            self.mask = Mask(fields, settings)
        if self.has_first_order and is_first:
            self.first_order = FirstOrder(fields)
        self.build(fields)
        self.collected = None if is_first else {}
        if is_first and settings.embedding_sets > 1:
            others = range(1, settings.embedding_sets)
            sets = {str(m): type(self)(fields, settings, is_first=False) for m in others}
            self.set = nn.ModuleDict(sets)
        if not is_first:
            for name in self.perceptrons:
                layers = self.get_submodule(name)
                for index in reversed(range(min(1, len(layers) - 1), len(layers))):
                    del layers[index]
            for owner, name in ((self, "linear"), (getattr(self, "cin", self), "output")):
                if hasattr(owner, name):
                    delattr(owner, name)

    # The perceptrons that end with the logit.
    perceptrons = ()

    def build(self, fields):
        """Creates the modules of the interaction."""

    def last(self, name, x):
        """The logits `[B]` of a perceptron, or nothing while another set's first layer runs."""
        layers = list(self.get_submodule(name))
        if self.collected is not None:
            self.collected[name] = layers[0](x) if layers else x
            return 0
        if hasattr(self, "set"):
            own = layers.pop(0)(x) if len(layers) > 1 else x
            x = torch.stack([own, *(other.collected[name] for other in self.set.values())]).mean(0)
        for layer in layers:
            x = layer(x)
        return x.squeeze(1)

    def masked(self, v):
        """The embeddings as everything except encoders reads them."""
        return self.mask(v, self.step) if hasattr(self, "mask") else v

    def interact(self, v, t):
        """Logits `[B]` from v, which encoders read, and t, which everything else reads."""
        raise NotImplementedError

    def forward(self, ids, values, sequences={}):
        logit = torch.zeros(len(ids), dtype=values.dtype)
        if self.has_first_order:
            logit = logit + self.first_order(ids, values, sequences)
        if self.reads_embeddings:
            for other in getattr(self, "set", {}).values():
                own = other.embedding(ids, values, sequences)
                logit = logit + other.interact(own, own)
            v = self.embedding(ids, values, sequences)
            logit = logit + self.interact(v, self.masked(v))
        return logit

    def new_encoder(self):
        """An encoder in the generative paradigm, else the identity."""
        return new_encoder(self.schema, self.settings) if self.generative else nn.Identity()

    def pair_products(self, left, right):
        """<left_i, right_j> for every i < j, `[B, P]`."""
        rows, columns = self.pairs
        return (left[:, rows] * right[:, columns]).sum(dim=-1)


class LR(ClickModel):
    """The first-order term alone."""

    reads_embeddings = False
    has_first_order = True


class DNN(ClickModel):
    """MLP(x)."""

    perceptrons = ("dnn",)

    def build(self, fields):
        self.dnn = mlp(self.width, self.settings, outputs=1)

    def interact(self, v, t):
        return self.last("dnn", t.flatten(1))


class FM(ClickModel):
    """First order + sum_{i<j} <g_i, v_j>."""

    has_first_order = True

    def build(self, fields):
        self.encoder = self.new_encoder()

    def interact(self, v, t):
        return self.pair_products(self.encoder(v), t).sum(dim=1)


class DeepFM(FM):
    """FM + MLP(x); the MLP reads the raw embedding."""

    perceptrons = ("dnn",)

    def build(self, fields):
        super().build(fields)
        self.dnn = mlp(self.width, self.settings, outputs=1)

    def interact(self, v, t):
        return super().interact(v, t) + self.last("dnn", t.flatten(1))


class NFM(ClickModel):
    """First order + MLP(b), b = sum_{i<j} g_i * v_j, element by element."""

    perceptrons = ("dnn",)

    has_first_order = True

    def build(self, fields):
        self.encoder = self.new_encoder()
        self.dnn = mlp(self.settings.embedding_dim, self.settings, outputs=1)

    def interact(self, v, t):
        rows, columns = self.pairs
        return self.last("dnn", (self.encoder(v)[:, rows] * t[:, columns]).sum(dim=1))


class FwFM(ClickModel):
    """Linear part + sum_{i<j} r_ij <g_i, v_j>.

    The linear part is one weight per value (lw: first order), or the inner product of v with one
    vector per value (felv) or per field (filv). The number of a `value` field multiplies both
    vectors of felv, as in FuxiCTR.
    """

    @property
    def has_first_order(self):
        return self.settings.fwfm_linear == "lw"

    def build(self, fields):
        self.encoder = self.new_encoder()
        self.interaction = Weight(self.fields * (self.fields - 1) // 2)
        if self.settings.fwfm_linear == "felv":
            self.linear = Tables(fields, self.settings.embedding_dim)
        elif self.settings.fwfm_linear == "filv":
            self.linear = nn.Linear(self.width, 1, bias=False)

    def interact(self, v, t):
        return self.pair_products(self.encoder(v), t) @ self.interaction.weight

    def forward(self, ids, values, sequences={}):
        logit = super().forward(ids, values, sequences)
        v = self.masked(self.embedding(ids, values, sequences))
        if self.settings.fwfm_linear == "felv":
            logit = logit + (self.linear(ids, values, sequences) * v).sum(dim=(1, 2))
        elif self.settings.fwfm_linear == "filv":
            logit = logit + self.linear(v.flatten(1)).squeeze(1)
        return logit


class FmFM(ClickModel):
    """First order + sum_{i<j} <v_i M_ij, g_j>; the right side is generated, the left one is raw."""

    has_first_order = True

    def build(self, fields):
        self.encoder = self.new_encoder()
        pairs, d = self.fields * (self.fields - 1) // 2, self.settings.embedding_dim
        shape = {"matrixed": (pairs, d, d), "vectorized": (pairs, d)}[self.settings.fmfm_field]
        self.interaction = Weight(*shape)

    def interact(self, v, t):
        rows, columns = self.pairs
        generated = self.encoder(v)[:, columns]
        if self.settings.fmfm_field == "vectorized":
            moved = t[:, rows] * self.interaction.weight
        else:
            moved = torch.einsum("bpd,pde->bpe", t[:, rows], self.interaction.weight)
        return (moved * generated).sum(dim=(1, 2))


class IPNN(ClickModel):
    """MLP([x ; (<g_i, v_j>)_{i<j}])."""

    perceptrons = ("dnn",)

    def build(self, fields):
        self.encoder = self.new_encoder()
        pairs = self.fields * (self.fields - 1) // 2
        self.dnn = mlp(self.width + pairs, self.settings, outputs=1)

    def interact(self, v, t):
        products = self.pair_products(self.encoder(v), t)
        return self.last("dnn", torch.cat([t.flatten(1), products], dim=1))


class XDeepFM(ClickModel):
    """First order + Linear(sum-pooled CIN) + MLP(x). Each CIN layer has an encoder that reads x."""

    has_first_order = True
    perceptrons = ("dnn",)

    def build(self, fields):
        units = self.settings.cin_hidden_units
        maps = (self.fields, *units)
        self.cin = nn.Module()
        for index, (before, after) in enumerate(zip(maps, units)):
            layer = CompressedInteraction(self.fields, before, after, self.new_encoder())
            self.cin.add_module(str(index), layer)
        self.cin.output = nn.Linear(sum(units), 1)
        self.dnn = mlp(self.width, self.settings, outputs=1)

    def interact(self, v, t):
        state, pooled = t, []
        for name, layer in self.cin.named_children():
            if name != "output":
                state = layer(v, state)
                pooled.append(state.sum(dim=2))
        maps = torch.cat(pooled, dim=1)
        if self.collected is not None:
            self.collected["cin"] = maps
            return self.last("dnn", t.flatten(1))
        others = (other.collected["cin"] for other in getattr(self, "set", {}).values())
        mean = torch.stack([maps, *others]).mean(0)
        return self.cin.output(mean).squeeze(1) + self.last("dnn", t.flatten(1))


class CrossNet(ClickModel):
    """Head(X_L), or Head(R) with interactions of some fields: R = sum_l (G_l * X_l W_l^T)[F_l]."""

    perceptrons = ("head",)

    def build(self, fields):
        layers = range(self.settings.num_cross_layers)
        self.cross = nn.ModuleList(
            CrossLayer(self.width, self.settings, self.new_encoder()) for _ in layers
        )
        self.crossed_width = self.width
        if self.settings.target in ("random", "hard_masked"):
            self.predicted = Predicted(fields, self.settings)
            self.crossed_width = len(self.predicted.largest) * self.settings.embedding_dim
        self.head = head(self.crossed_width, self.settings)

    def crossed(self, x, target):
        state, interactions = target, []
        for index, layer in enumerate(self.cross):
            state, interaction = layer(x, state, first=index == 0)
            interactions.append(interaction)
        if not hasattr(self, "predicted"):
            return state
        dimension = self.settings.embedding_dim
        return self.predicted.sum(interactions, dimension, self.step, self.training)

    def interact(self, v, t):
        x = v.flatten(1)
        return self.last("head", self.crossed(x, x if t is v else t.flatten(1)))


class DCNv2(CrossNet):
    """Head([X_L ; MLP(x)]), or Head(X_L) without hidden units."""

    def build(self, fields):
        super().build(fields)
        self.dnn = mlp(self.width, self.settings)
        deep = self.settings.hidden_units[-1] if self.settings.hidden_units else 0
        self.head = head(self.crossed_width + deep, self.settings)

    def interact(self, v, t):
        x = v.flatten(1)
        target = x if t is v else t.flatten(1)
        both = [self.crossed(x, target)]
        if self.settings.hidden_units:
            both.append(self.dnn(target))
        return self.last("head", torch.cat(both, dim=1))


class StackedDCNv2(CrossNet):
    """Head(MLP(X_L))."""

    def build(self, fields):
        super().build(fields)
        self.stacked = mlp(self.crossed_width, self.settings)
        self.head = head(self.settings.hidden_units[-1], self.settings)

    def crossed(self, x, target):
        return self.stacked(super().crossed(x, target))


class StackedParallelDCNv2(StackedDCNv2):
    """Head([MLP_s(X_L) ; MLP(x)])."""

    def build(self, fields):
        super().build(fields)
        self.dnn = mlp(self.width, self.settings)
        self.head = head(2 * self.settings.hidden_units[-1], self.settings)

    def interact(self, v, t):
        x = v.flatten(1)
        target = x if t is v else t.flatten(1)
        both = [self.crossed(x, target), self.dnn(target)]
        return self.last("head", torch.cat(both, dim=1))


class Wukong(ClickModel):
    """MLP(X_L) of Wukong layers; the first layer's source is generated."""

    perceptrons = ("dnn",)

    def build(self, fields):
        s, d = self.settings, self.settings.embedding_dim
        self.encoder = self.new_encoder()
        features = s.fmb_features + s.lcb_features
        sizes = [self.fields] + [features] * (s.num_wukong_layers - 1)
        self.wukong = nn.ModuleList(WukongLayer(size, d, s) for size in sizes)
        self.dnn = mlp(features * d, s, outputs=1)

    def interact(self, v, t):
        first, *others = self.wukong
        state = first(self.encoder(v), t)
        for layer in others:
            state = layer(state, state)
        return self.last("dnn", state.flatten(1))


class Tokenizer(nn.Module):
    """RMSNorm over the row, then one MLP for all chunks (shared), for the row (joint), or nothing."""

    def __init__(self, inputs, settings):
        super().__init__()
        self.chunks = settings.num_tokens if settings.tokenizer == "shared" else 1
        self.shape = (settings.num_tokens, settings.token_dim)
        self.norm = RMSNorm(inputs)
        self.units = settings.tokenizer_hidden_units if settings.tokenizer != "none" else ()
        self.maps = settings.tokenizer != "none"
        width = inputs // self.chunks
        for index, units in enumerate(self.units):
            hidden = nn.Linear(width, units)
            if settings.token_norm:
                hidden.norm = RMSNorm(units)
            self.add_module(str(index), hidden)
            width = units
        if self.maps:
            self.output = nn.Linear(width, self.shape[0] * self.shape[1] // self.chunks)

    def forward(self, x):
        x = self.norm(x).unflatten(1, (self.chunks, -1))
        for index in range(len(self.units)):
            hidden = self.get_submodule(str(index))
            x = hidden(x)
            x = nn.functional.gelu(hidden.norm(x) if hasattr(hidden, "norm") else x)
        return (self.output(x) if self.maps else x).reshape(len(x), *self.shape)


class RankMixer(ClickModel):
    """Head(X_L) of blocks Y = RMSNorm(mixing(X)), X' = Y + layers(Y), with plain layers per token."""

    perceptrons = ("head",)

    def build(self, fields):
        s = self.settings
        self.tokenizer = Tokenizer(self.width, s)
        self.block = nn.ModuleList(self.new_block() for _ in range(s.num_blocks))
        self.head = head(s.num_tokens * s.token_dim, s)

    def token_encoder(self):
        s = self.settings
        if not self.generative:
            return nn.Identity()
        return new_encoder([None] * s.num_tokens, s, d=s.token_dim)

    def new_block(self):
        s, block = self.settings, nn.Module()
        block.encoder = self.token_encoder()
        block.mixing = PermutedMixing(s.token_dim, block.encoder)
        block.norm = RMSNorm(s.token_dim)
        block.ffn, width = nn.Module(), s.token_dim
        for index, units in enumerate(s.ffn_hidden_units):
            layer = TokenLinear(s.num_tokens, width, units)
            if s.token_norm:
                layer.norm = RMSNorm(s.num_tokens * units)
            block.ffn.add_module(str(index), layer)
            width = units
        block.ffn.output = TokenLinear(s.num_tokens, width, s.token_dim)
        return block

    def feed(self, ffn, y):
        for index in range(len(self.settings.ffn_hidden_units)):
            layer = ffn.get_submodule(str(index))
            y = layer(y)
            y = nn.functional.gelu(layer.norm(y) if hasattr(layer, "norm") else y)
        return ffn.output(y)

    def interact(self, v, t):
        tokens = self.tokenizer(t.flatten(1))
        for block in self.block:
            y = block.norm(block.mixing(tokens))
            tokens = y + self.feed(block.ffn, y)
        return self.last("head", tokens.flatten(1))


class RankElastor(RankMixer):
    """RankMixer with full mixing and gated units; the first gate's operand is generated."""

    def new_block(self):
        s, block = self.settings, nn.Module()
        block.encoder = self.token_encoder()
        block.mixing = FullMixing(s.num_tokens * s.token_dim)
        block.norm = RMSNorm(s.token_dim)
        block.ffn, width = nn.Module(), s.token_dim
        for index, units in enumerate(s.ffn_hidden_units):
            encoder = block.encoder if index == 0 else nn.Identity()
            layer = GatedUnit(s.num_tokens, width, int(width * s.ffn_expansion), encoder)
            if s.token_norm:
                layer.norm = RMSNorm(s.num_tokens * width)
            if units != width:
                layer.width = TokenLinear(s.num_tokens, width, units)
            block.ffn.add_module(str(index), layer)
            width = units
        block.ffn.output = TokenLinear(s.num_tokens, width, s.token_dim)
        return block

    def feed(self, ffn, y):
        for index in range(len(self.settings.ffn_hidden_units)):
            layer = ffn.get_submodule(str(index))
            y = layer(layer.norm(y) if hasattr(layer, "norm") else y)
            y = layer.width(y) if hasattr(layer, "width") else y
        return ffn.output(y)


BACKBONES = {
    "lr": LR,
    "dnn": DNN,
    "fm": FM,
    "deepfm": DeepFM,
    "nfm": NFM,
    "fwfm": FwFM,
    "fmfm": FmFM,
    "ipnn": IPNN,
    "xdeepfm": XDeepFM,
    "crossnet": CrossNet,
    "dcnv2": DCNv2,
    "dcnv2_stacked": StackedDCNv2,
    "dcnv2_stacked_parallel": StackedParallelDCNv2,
    "wukong": Wukong,
    "rankmixer": RankMixer,
    "rankelastor": RankElastor,
}


def build(fields, settings):
    """Creates the model that the settings describe, in double precision."""
    return BACKBONES[settings.backbone](fields, settings).double()


def regularizer(model, embedding, net):
    """(lambda/2) ||w||^2 with one lambda for tables and one for the rest; FmFM's M has none."""
    tables = {id(module.weight) for module in model.modules() if isinstance(module, nn.Embedding)}
    total = 0
    for name, parameter in model.named_parameters():
        if id(parameter) in tables:
            strength = embedding
        elif isinstance(model, FmFM) and name.endswith("interaction.weight"):
            strength = 0
        else:
            strength = net
        total = total + strength / 2 * parameter.square().sum()
    return total
