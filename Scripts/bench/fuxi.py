"""FuxiCTR's own layers, trainer and data loader, combined as in its model zoo."""

import tempfile
import time

import torch
from torch import nn
from fuxictr.features import FeatureMap
from fuxictr.pytorch.dataloaders import RankDataLoader
from fuxictr.pytorch.layers import CrossNetV2, FactorizationMachine, FeatureEmbedding, MLP_Block
from fuxictr.pytorch.models import BaseModel

BATCH = 4096
DIMENSION = 10


class Model(BaseModel):
    """What the three models share: embeddings, Adam and cross entropy."""

    def __init__(self, feature_map):
        super().__init__(
            feature_map, embedding_regularizer=1e-5, verbose=0, metrics=["AUC"],
            model_root=tempfile.gettempdir(), monitor="AUC")
        self.embedding_layer = FeatureEmbedding(feature_map, DIMENSION)

    def ready(self):
        self.compile("adam", "binary_crossentropy", 1e-3)
        self.reset_parameters()
        self.model_to_device()
        return self

    def forward(self, inputs):
        return {"y_pred": self.output_activation(self.logit(self.get_inputs(inputs)))}


class FM(Model):
    """A first-order term and pairwise products."""

    def __init__(self, feature_map):
        super().__init__(feature_map)
        self.fm = FactorizationMachine(feature_map)
        self.ready()

    def logit(self, inputs):
        return self.fm(inputs, self.embedding_layer(inputs))


class DeepFM(Model):
    """FM and an MLP of 400×3 with batch normalisation, in parallel."""

    def __init__(self, feature_map):
        super().__init__(feature_map)
        self.fm = FactorizationMachine(feature_map)
        self.mlp = MLP_Block(
            input_dim=feature_map.num_fields * DIMENSION, output_dim=1, hidden_units=[400] * 3,
            hidden_activations="ReLU", dropout_rates=0.1, batch_norm=True)
        self.ready()

    def logit(self, inputs):
        embedding = self.embedding_layer(inputs)
        return self.fm(inputs, embedding) + self.mlp(embedding.flatten(start_dim=1))


class DCNv2(Model):
    """Three cross layers and an MLP of 500×3 in parallel, and a linear head."""

    def __init__(self, feature_map):
        super().__init__(feature_map)
        width = feature_map.num_fields * DIMENSION
        self.cross = CrossNetV2(width, 3)
        self.mlp = MLP_Block(
            input_dim=width, output_dim=None, hidden_units=[500] * 3, hidden_activations="ReLU",
            dropout_rates=0.1)
        self.head = nn.Linear(width + 500, 1)
        self.ready()

    def logit(self, inputs):
        x = self.embedding_layer(inputs, flatten_emb=True)
        return self.head(torch.cat([self.cross(x), self.mlp(x)], dim=-1))


class Session:
    """A model and its rows, trained a few steps at a time."""

    MODELS = {"fm": FM, "deepfm": DeepFM, "dcnv2": DCNv2}

    def __init__(self, name, rows, threads, steps, precision="float32"):
        # What a user writes around FuxiCTR's training to have bfloat16.
        self.autocast = lambda: torch.autocast(
            "cpu", torch.bfloat16, enabled=precision == "bfloat16")
        torch.set_num_threads(threads)
        torch.manual_seed(1)
        self.model = self.MODELS[name](self._feature_map(rows))
        self.model._max_gradient_norm = 10.0
        self.model._eval_steps = self.model._total_steps = steps + 1
        self.model._stop_training = False
        self.model.train()
        self.count = min(steps, rows.count // BATCH) * BATCH
        self.batches = [self._batch(rows, start) for start in range(0, self.count, BATCH)]
        self.path = rows.write_npz(self.count)

    def steps_alone(self):
        """Rows per second of training steps on batches in memory, after two warm-up steps."""
        with self.autocast():
            for batch in self.batches[:2]:
                self.model.train_step(batch)
            start = time.perf_counter()
            for batch in self.batches:
                self.model.train_step(batch)
            return self.count / (time.perf_counter() - start)

    def epoch(self):
        """Rows per second of an epoch as users run it: encoded file, data loader, trainer."""
        loader, _ = RankDataLoader(
            self.model.feature_map, stage="train", train_data=self.path, batch_size=BATCH,
            shuffle=True, data_format="npz")
        self.model._total_steps = 0
        start = time.perf_counter()
        with self.autocast():
            self.model.train_epoch(loader)
        return self.count / (time.perf_counter() - start)

    @staticmethod
    def _batch(rows, start):
        batch = {
            name: torch.from_numpy(ids[start:start + BATCH]) for name, ids in rows.columns.items()}
        batch["label"] = torch.from_numpy(rows.labels[start:start + BATCH])
        return batch

    @staticmethod
    def _feature_map(rows):
        feature_map = FeatureMap("rows", tempfile.gettempdir())
        feature_map.labels = ["label"]
        for name in rows.columns:
            feature_map.features[name] = {
                "source": "", "type": "categorical", "vocab_size": rows.sizes[name]}
        feature_map.num_fields = len(rows.columns)
        return feature_map
