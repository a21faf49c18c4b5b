"""Checks that the reference models have as many parameters as published in the paper.

The authors' code also creates layers that it never uses; their parameters are only counted here. No
memory is allocated for any parameter.
"""

import torch

from models import build
from settings import Field, Settings

AVAZU = [26, 9, 9, 4051, 5461, 27, 6545, 400, 33, 820509, 2903322, 7259, 7, 6, 2556, 10, 11, 434]
AVAZU += [6, 70, 173, 62, 9, 4]
# Numeric fields have one vector, as in the published models; `sfg` adds one for missing values.
CRITEO = [1] * 13 + [1462, 560, 413424, 248543, 307, 23, 12192, 635, 5, 54712, 5350, 409749, 3182]
CRITEO += [29, 12500, 365811, 12, 4934, 2096, 6, 397981, 20, 17, 88608, 98, 64073]

DATA_SETS = {
    "Avazu": (AVAZU, 16, {
        "deepfm": dict(hidden_units=(2000,) * 4),
        "ipnn": dict(hidden_units=(1000,) * 3),
        "xdeepfm": dict(hidden_units=(500,) * 3, cin_hidden_units=(276,)),
        "crossnet": dict(num_cross_layers=5),
        "dcnv2": dict(num_cross_layers=5, hidden_units=(2000,) * 4),
    }),
    "Criteo": (CRITEO, 10, {
        "deepfm": dict(hidden_units=(400,) * 3, batch_norm=True),
        "ipnn": dict(hidden_units=(400,) * 3, batch_norm=True),
        "xdeepfm": dict(hidden_units=(400,) * 3, cin_hidden_units=(16, 16)),
        "crossnet": dict(num_cross_layers=3),
        "dcnv2": dict(num_cross_layers=3, hidden_units=(500,) * 3),
    }),
}  # fmt: skip
PUBLISHED = {
    "fm": (63_773_130, 63_914_442, 22_953_665, 23_101_865),
    "fmfm": (63_843_786, 63_985_098, 23_027_765, 23_175_965),
    "deepfm": (76_551_131, 76_692_443, 23_433_666, 23_581_866),
    "ipnn": (62_686_131, 62_827_443, 21_643_723, 21_791_923),
    "xdeepfm": (64_626_659, 64_767_971, 23_469_552, 23_765_952),
    "crossnet": (61_105_029, 61_811_589, 21_644_993, 22_089_593),
    "dcnv2": (84_961_029, 85_667_589, 23_623_493, 24_068_093),
}


def unused(fields, dimension, backbone, generative, options):
    """The number of published parameters that the formulas do not have.

    Each encoder of the authors' code has a normalisation with 2 parameters that no configuration
    here uses and, in the discriminative paradigm, an unused tensor [N, d, d]. Their cross networks
    have (L - 1)(Nd^2 + 2) + 2 more in both paradigms: this number is exact on both data sets, but
    it is not known which layers contain them. Their xDeepFM has no first-order bias; this one has.
    """
    tensor = fields * dimension**2
    layers = options.get("num_cross_layers") or len(options.get("cin_hidden_units", [0]))
    excess = layers * (2 if generative else tensor + 2)
    if "num_cross_layers" in options:
        excess += (layers - 1) * (tensor + 2) + 2
    return excess - (backbone == "xdeepfm")


def count(rows, dimension, backbone, paradigm, options):
    fields = [Field(f"F{index}", "category", size) for index, size in enumerate(rows)]
    with torch.device("meta"):
        model = build(fields, Settings(backbone, paradigm, dimension, **options))
    return sum(parameter.numel() for parameter in model.parameters())


def main():
    wrong = 0
    print(f"{'data set':9} {'backbone':9} {'paradigm':15} {'parameters':>11} {'unused':>7} {'published':>11}")
    for column, (name, (rows, dimension, options)) in enumerate(DATA_SETS.items()):
        for backbone, published in PUBLISHED.items():
            own = options.get(backbone, {})
            for generative, paradigm in enumerate(("discriminative", "generative")):
                used = count(rows, dimension, backbone, paradigm, own)
                excess = unused(len(rows), dimension, backbone, generative, own)
                expected = published[2 * column + generative]
                wrong += used + excess != expected
                print(f"{name:9} {backbone:9} {paradigm:15} {used:11,} {excess:7,} {expected:11,}")
    if wrong:
        raise SystemExit(f"{wrong} counts differ: parameters + unused should equal the published number")


if __name__ == "__main__":
    main()
