"""The cases of the golden fixtures."""

from dataclasses import dataclass, replace

from layers import ACTIVATIONS
from settings import Field, Settings


@dataclass(frozen=True)
class Case:
    """A fixture: a model, its fields, its batch size and the standard deviation of its weights."""

    name: str
    settings: Settings
    fields: tuple[Field, ...]
    batch: int
    deviation: float


SMALL = tuple(
    Field(name, kind, rows)
    for name, kind, rows in [
        ("C1", "category", 4),
        ("I1", "value", 2),
        ("C2", "category", 7),
        ("C3", "category", 3),
        ("C4", "category", 5),
    ]
)
TINY = tuple(
    Field(name, kind, rows)
    for name, kind, rows in [
        ("C1", "category", 3),
        ("I1", "value", 2),
        ("C2", "category", 5),
        ("C3", "category", 4),
    ]
)
SEQUENCES = (
    Field("C1", "category", 4),
    Field("G", "sequence", 6, most_values=3),
    Field("I1", "value", 2),
    Field("H", "sequence", 4, most_values=2),
)
LARGE = tuple(
    Field(f"I{index}", "value", 2) if index < 3 else Field(f"C{index}", "category", 4 + 3 * index)
    for index in range(12)
)
PARADIGMS = ("discriminative", "generative")

# Settings of each backbone, unless a case changes them. Encoders of cross layers are residual, as
# published.
BASE = {
    "lr": {},
    "dnn": dict(hidden_units=(7, 4)),
    "fm": {},
    "deepfm": dict(hidden_units=(7, 4)),
    "nfm": dict(hidden_units=(7, 4)),
    "fwfm": {},
    "fmfm": {},
    "ipnn": dict(hidden_units=(7, 4)),
    "xdeepfm": dict(hidden_units=(7, 4), cin_hidden_units=(4, 3)),
    "crossnet": dict(encoder_residual=True),
    "dcnv2": dict(encoder_residual=True, hidden_units=(7, 4)),
    "dcnv2_stacked": dict(encoder_residual=True, hidden_units=(7, 4)),
    "dcnv2_stacked_parallel": dict(encoder_residual=True, hidden_units=(7, 4)),
    # With more vectors behind a layer than fields, and with as many.
    "wukong": dict(
        hidden_units=(7, 4), num_wukong_layers=2, fmb_features=3, lcb_features=4, fmb_rank=2,
        fmb_hidden_units=(6,),
    ),
    "rankmixer": dict(
        num_tokens=2, token_dim=4, tokenizer_hidden_units=(6,),
        ffn_hidden_units=(5,), head="linear",
    ),
    "rankelastor": dict(
        num_tokens=2, token_dim=4, tokenizer_hidden_units=(6,), num_blocks=1,
        ffn_hidden_units=(5,), ffn_expansion=1.5, token_norm=True, head="linear",
    ),
}
WITHOUT_ENCODER = ("lr", "dnn")


def settings(backbone, paradigm, **changes):
    return replace(
        Settings(backbone, paradigm, encoder_gamma=0.7), **{**BASE[backbone], **changes}
    )


def small(name, backbone, paradigm, **changes):
    return Case(name, settings(backbone, paradigm, **changes), SMALL, batch=8, deviation=0.3)


def tiny(name, backbone, paradigm, **changes):
    """As `small`, with four fields and narrower layers: for options tested in all combinations."""
    widths = {
        key: {"hidden_units": (5, 3), "cin_hidden_units": (3, 2)}[key]
        for key in ("hidden_units", "cin_hidden_units")
        if key in BASE[backbone]
    }
    return Case(
        name, settings(backbone, paradigm, **{**widths, **changes}), TINY, batch=6, deviation=0.3
    )


def both(backbone, option, **changes):
    """One option of a backbone in both paradigms."""
    for paradigm in PARADIGMS:
        yield small(f"{backbone}-{paradigm}-{option}", backbone, paradigm, **changes)


# The encoders of the ablations. With five fields, some encoders leave some fields raw.
ENCODERS = {
    "own": dict(encoder_source="own"),
    "high": dict(encoder_source="high_cardinality", num_source=2),
    "low": dict(encoder_source="low_cardinality", num_source=3),
    "shared": dict(encoder_kind="field_shared"),
    "stacked": dict(encoder_kind="stacked"),
    "low-rank": dict(encoder_kind="low_rank", encoder_rank=2),
    "attention": dict(encoder_kind="self_attention", embedding_dim=4),
}


def encoder_cases():
    """Each encoder with the simplest interaction, and residual in cross layers (input: state)."""
    for name, encoder in ENCODERS.items():
        yield small(
            f"fm-generative-{name}", "fm", "generative", encoder_activation="silu", **encoder
        )
        yield small(
            f"dcnv2-generative-{name}", "dcnv2", "generative", head="linear",
            **encoder,
        )  # fmt: skip


HEADS = {name: ("mlp", "linear") for name in BASE if name == "crossnet" or "dcnv2" in name}
# Tokens are not fields: an encoder cannot choose among them, and a mask hides fields.
TOKENS = ("rankmixer", "rankelastor")
WITH_ENCODER = tuple(backbone for backbone in BASE if backbone not in WITHOUT_ENCODER)


def combined_cases(written):
    """Every combination of encoder, backbone and head, except those already written."""
    for encoder, choice in ENCODERS.items():
        for backbone in WITH_ENCODER:
            if backbone in TOKENS and "num_source" in choice:
                continue
            for head in HEADS.get(backbone, ("linear" if backbone in TOKENS else "mlp",)):
                suffix = f"-{head}-head" if backbone in HEADS else ""
                case = tiny(
                    f"{backbone}-generative-{encoder}{suffix}", backbone, "generative",
                    head=head, **{**choice, **({"num_source": 2} if "num_source" in choice else {})},
                )  # fmt: skip
                if combination(case) not in written:
                    yield case


def combination(case):
    """What is tested in combination: backbone, paradigm, encoder and, where there are two, head."""
    s = case.settings
    return (s.backbone, s.paradigm, s.encoder_kind, s.encoder_source, s.backbone in HEADS and s.head)


def target_cases():
    """Each target with each backbone that supports it; with some backbones in both paradigms."""
    for target in ("masked", "field_masked"):
        for backbone in WITH_ENCODER:
            if backbone in TOKENS:
                continue
            yield tiny(f"{backbone}-generative-{target}", backbone, "generative",
                       target=target, num_target=2, head="linear")  # fmt: skip
        for backbone in ("fm", "xdeepfm", "dcnv2"):
            yield tiny(f"{backbone}-discriminative-{target}", backbone, "discriminative",
                       target=target, num_target=3, head="linear")  # fmt: skip
    yield tiny("dcnv2-generative-masked-embedding", "dcnv2", "generative", target="masked",
               num_target=2, head="linear", encoder_input="embedding")  # fmt: skip
    yield tiny("fwfm-generative-masked-filv", "fwfm", "generative", target="masked",
               num_target=2, fwfm_linear="filv")  # fmt: skip
    for target, count in (("random", 2), ("hard_masked", 1)):
        for paradigm in PARADIGMS:
            yield tiny(f"crossnet-{paradigm}-{target}", "crossnet", paradigm,
                       target=target, num_target=count, head="mlp")  # fmt: skip
            for backbone in ("dcnv2", "dcnv2_stacked", "dcnv2_stacked_parallel"):
                yield tiny(f"{backbone}-{paradigm}-{target}", backbone, paradigm,
                           target=target, num_target=count, head="linear")  # fmt: skip


def prelu_cases():
    """PReLU after every encoder whose output can be negative, and in an MLP with batch norm."""
    for encoder, choice in ENCODERS.items():
        if encoder == "attention":
            continue
        yield tiny(f"fm-generative-{encoder}-prelu", "fm", "generative",
                   encoder_activation="prelu", **choice)  # fmt: skip
    yield tiny("dcnv2-generative-prelu", "dcnv2", "generative", encoder_activation="prelu",
               hidden_activation="prelu", batch_norm=True, head="linear")  # fmt: skip


def token_cases():
    """The tokenizers, blocks and heads that the backbones' first cases do not have."""
    # Five fields of three elements: 15 elements in 3 or 5 chunks.
    for backbone in TOKENS:
        size = dict(num_tokens=3, token_dim=6 if backbone == "rankmixer" else 2)
        yield from both(backbone, "shared-tokenizer", tokenizer="shared", **size, num_blocks=2,
                        ffn_hidden_units=(4, 4), token_norm=True, head="mlp",
                        tokenizer_hidden_units=(4, 3))  # fmt: skip
        yield from both(backbone, "linear-tokens", tokenizer="shared", **size, num_blocks=1,
                        ffn_hidden_units=(3,), token_norm=False,
                        tokenizer_hidden_units=())  # fmt: skip
        yield replace(
            small(f"{backbone}-generative-no-tokenizer", backbone, "generative", tokenizer="none",
                  embedding_dim=4, num_tokens=4, num_blocks=1),
            fields=TINY,
        )  # fmt: skip
    yield from both("wukong", "equal", num_wukong_layers=2, fmb_features=2, lcb_features=3,
                    fmb_hidden_units=(), batch_norm=True)  # fmt: skip
    yield small("fm-generative-low-rank-tanh", "fm", "generative", encoder_kind="low_rank",
                encoder_rank=3, encoder_inner_activation="tanh", encoder_residual=True)  # fmt: skip


def set_cases():
    """Two sets of embeddings of every backbone that has embeddings, and three of one."""
    for backbone in BASE:
        if backbone == "lr":
            continue
        for paradigm in PARADIGMS[:1] if backbone in WITHOUT_ENCODER else PARADIGMS:
            head = dict(head="linear") if backbone in TOKENS else {}
            # Normalisation over three elements is sensitive to rounding.
            head |= dict(embedding_dim=6) if backbone == "wukong" else {}
            yield tiny(f"{backbone}-{paradigm}-two-sets", backbone, paradigm, embedding_sets=2,
                       **head)  # fmt: skip
    yield tiny("dnn-discriminative-three-sets", "dnn", "discriminative", embedding_sets=3,
               batch_norm=True)  # fmt: skip
    yield tiny("ipnn-generative-three-sets", "ipnn", "generative", embedding_sets=3,
               hidden_units=())  # fmt: skip
    yield tiny("fwfm-discriminative-two-sets-lw", "fwfm", "discriminative", embedding_sets=2,
               fwfm_linear="lw")  # fmt: skip


def sequence_cases():
    """Fields with several values, in each of the linear terms and before an encoder."""
    for backbone, paradigm in (("lr", "discriminative"), ("fwfm", "discriminative"), ("deepfm", "generative")):
        name = f"{backbone}-{paradigm}-sequences"
        yield replace(small(name, backbone, paradigm), fields=SEQUENCES)


def cases():
    """All cases: one option at a time, then combinations."""
    written = set()
    for case in (
        *single_cases(), *target_cases(), *prelu_cases(), *sequence_cases(), *token_cases(),
        *set_cases(),
    ):  # fmt: skip
        plain = case.settings.target == "all" and case.settings.embedding_sets == 1
        if plain and case.settings.encoder_activation != "prelu":
            written.add(combination(case))
        yield case
    yield from combined_cases(written)


def single_cases():
    """All cases of one option; the name of a case is the name of its file."""
    for backbone in BASE:
        for paradigm in PARADIGMS[:1] if backbone in WITHOUT_ENCODER else PARADIGMS:
            yield small(f"{backbone}-{paradigm}", backbone, paradigm)

    def generative(backbone, option, **changes):
        return small(f"{backbone}-generative-{option}", backbone, "generative", **changes)

    for activation in ACTIVATIONS:
        if activation != "relu":
            yield generative("fm", activation, encoder_activation=activation)
            yield small(
                f"dnn-discriminative-{activation}", "dnn", "discriminative",
                hidden_activation=activation,
            )  # fmt: skip
    for backbone in ("fm", "nfm", "fwfm", "fmfm", "ipnn", "xdeepfm"):
        yield generative(backbone, "residual", encoder_residual=True)
    yield from encoder_cases()
    for linear in ("lw", "filv"):
        yield from both("fwfm", linear, fwfm_linear=linear)
    yield from both("fmfm", "vectorized", fmfm_field="vectorized")

    # The linear head keeps the files small.
    for backbone in ("crossnet", "dcnv2"):
        yield from both(backbone, "linear-head", head="linear")
        yield from both(backbone, "bias", head="linear", cross_bias=True)
        for option, source, residual in (
            ("plain", "layer_state", False),
            ("embedding", "embedding", False),
            ("embedding-residual", "embedding", True),
        ):
            yield generative(
                backbone, option, head="linear", encoder_input=source, encoder_residual=residual
            )
    yield from both("dcnv2", "no-hidden", hidden_units=())
    yield from both("dcnv2", "batch-norm", batch_norm=True)
    yield small("dnn-discriminative-batch-norm", "dnn", "discriminative", batch_norm=True)
    for backbone in ("deepfm", "nfm", "ipnn", "xdeepfm"):
        yield from both(backbone, "batch-norm", batch_norm=True)
    for backbone in ("dcnv2_stacked", "dcnv2_stacked_parallel"):
        yield from both(
            backbone, "linear-head", head="linear", cross_bias=True, batch_norm=True
        )

    for paradigm in PARADIGMS:
        for backbone in ("fm", "dcnv2"):
            # Seven times as many inputs: smaller weights keep logits where the loss is curved.
            large = settings(
                backbone, paradigm, embedding_dim=8, head="linear", num_cross_layers=1
            )
            yield Case(f"{backbone}-{paradigm}-large", large, LARGE, batch=64, deviation=0.15)
