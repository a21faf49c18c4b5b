"""What a model is built from."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Field:
    """A field: a category, whose ids name rows, a value: id 1 with the number, id 0 with 1 where it is missing, or a
    sequence of up to so many ids, each with a weight.
    """

    name: str
    kind: str
    rows: int
    most_values: int = 1
    distinct: int | None = None  # values seen in training rows, where they were counted


@dataclass(frozen=True)
class Settings:
    """What is built; the names are those of the `model:` section of a configuration."""

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
    """The places of the fields by cardinality, the largest first; a value counts as nothing at all."""

    def cardinality(field):
        if field.kind == "value":
            return 0
        return field.rows if field.distinct is None else field.distinct

    return sorted(range(len(fields)), key=lambda i: -cardinality(fields[i]))
