"""Fields and settings, from which a model is built."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Field:
    """A field of one of three kinds.

    A category has an id, which is a row of its table. A value has id 1 and its number, or id 0 and
    1 if it is missing. A sequence has up to `most_values` ids, each with a weight.
    """

    name: str
    kind: str
    rows: int
    most_values: int = 1
    distinct: int | None = None  # distinct values in the training rows, if counted


@dataclass(frozen=True)
class Settings:
    """The settings of a model, similar to the `model:` section of a configuration."""

    backbone: str
    paradigm: str = "discriminative"
    embedding_dim: int = 3
    encoder_activation: str = "relu"
    encoder_gamma: float = 1.0
    encoder_residual: bool = False
    encoder_input: str = "layer_state"
    encoder_kind: str = "field_wise"
    encoder_source: str = "all"
    num_source: int = 10
    target: str = "all"
    num_target: int = 10
    embedding_sets: int = 1
    encoder_rank: int = 32
    encoder_inner_activation: str = "linear"
    tokenizer: str = "joint"
    num_tokens: int = 16
    token_dim: int = 16
    tokenizer_hidden_units: tuple[int, ...] = ()
    num_blocks: int = 2
    ffn_hidden_units: tuple[int, ...] = (64,)
    ffn_expansion: float = 3.0
    token_norm: bool = False
    num_wukong_layers: int = 3
    fmb_features: int = 40
    lcb_features: int = 40
    fmb_rank: int = 8
    fmb_hidden_units: tuple[int, ...] = (512, 256)
    hidden_units: tuple[int, ...] = ()
    hidden_activation: str = "relu"
    batch_norm: bool = False
    head: str = "mlp"
    num_cross_layers: int = 2
    cross_bias: bool = False
    cin_hidden_units: tuple[int, ...] = ()
    fwfm_linear: str = "felv"
    fmfm_field: str = "matrixed"


def ranked(fields):
    """The indices of the fields by descending cardinality; a value field counts as 0."""

    def cardinality(field):
        if field.kind == "value":
            return 0
        return field.rows if field.distinct is None else field.distinct

    return sorted(range(len(fields)), key=lambda i: -cardinality(fields[i]))
