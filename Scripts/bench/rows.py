"""The rows that every peer gets: made by `sfg synth`, values numbered in order of appearance.

Numbers are categories as in sfg and in FuxiCTR's own preprocessing of Criteo: `x` up to 2 and the whole part of ln²(x)
above. So a vocabulary of sfg's has the same rows, but for log buckets that no number falls in.
"""

import subprocess

import numpy as np
import pandas as pd

FIELDS = [f"I{i}" for i in range(1, 14)] + [f"C{i}" for i in range(1, 27)]


class Rows:
    """A Criteo-shaped log: `path` for sfg, `columns` of ids and `labels` for the others."""

    def __init__(self, sfg, folder, count):
        self.folder = folder
        self.path = str(folder / "rows.tsv.gz")
        self.valid_path = str(folder / "valid.tsv.gz")
        self.count = count
        self._write(sfg, self.path, count, 0)
        self._write(sfg, self.valid_path, 4096, count)
        frame = pd.read_csv(
            self.path, sep="\t", header=None, names=["label"] + FIELDS, dtype=str,
            keep_default_na=False)
        self.labels = frame["label"].astype("float32").to_numpy(copy=True)
        codes = {
            name: pd.factorize(self._categories(frame[name]), use_na_sentinel=False)[0]
            .astype("int64") + 1
            for name in FIELDS}
        self.columns = codes
        self.sizes = {name: int(ids.max()) + 1 for name, ids in codes.items()}

    def write_npz(self, count):
        """The first rows, encoded: what FuxiCTR's preprocessing leaves for its loader."""
        path = str(self.folder / f"rows-{count}.npz")
        np.savez(
            path, label=self.labels[:count],
            **{name: ids[:count] for name, ids in self.columns.items()})
        return path

    def write_libsvm(self, path):
        """`label id:1 id:1 …`, ids of different fields apart: what xLearn reads for FM."""
        offsets, total = {}, 0
        for name in FIELDS:
            offsets[name] = total
            total += self.sizes[name]
        columns = [self.columns[name] + offsets[name] for name in FIELDS]
        with open(path, "w", encoding="ascii") as file:
            for label, *ids in zip(self.labels.astype(int), *columns):
                file.write(f"{label} " + " ".join(f"{number}:1" for number in ids) + "\n")

    @staticmethod
    def _categories(texts):
        """What stands for each value: the text, or, in a field of numbers, its log bucket."""
        if not texts.name.startswith("I"):
            return texts
        numbers = pd.to_numeric(texts)
        return np.floor(np.log(numbers.clip(lower=2)) ** 2).where(numbers > 2, np.trunc(numbers))

    @staticmethod
    def _write(sfg, path, count, first):
        subprocess.run(
            [sfg, "synth", "--preset", "criteo", "--rows", str(count), "--seed", "1",
             "--first-row", str(first), "--output", path],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
