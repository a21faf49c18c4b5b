extension RunConfiguration {
  /// What FuxiCTR and GE4Rec call a key that has another name here, for the advice in errors.
  static let namesElsewhere = [
    "cross_drop": "model.cross_dropout",
    "data_format": "dataset.format",
    "dnn_activations": "model.hidden_activation",
    "dnn_hidden_units": "model.hidden_units",
    "emb_activation": "model.encoder.activation",
    "feature_cols": "dataset.fields",
    "gen_residual": "model.encoder.residual",
    "hidden_activations": "model.hidden_activation",
    "label_col": "dataset.label",
    "min_categr_count": "features.categorical.min_count",
    "model_structure": "model.backbone",
    "normalizer": "features.numeric.scale",
    "num_buckets": "features.numeric.quantiles",
    "parallel_dnn_hidden_units": "model.hidden_units",
    "patience": "training.early_stop_patience",
    "regularizer": "training.embedding_regularizer and training.net_regularizer",
    "test_data": "dataset.test",
    "train_data": "dataset.train",
    "use_gen_rst": "model.encoder.input",
    "use_hard_mask_predict": "model.target",
    "use_random_predict": "model.target",
    "valid_data": "dataset.valid",
  ]
}
