/// What an error proposes in place of a key that no section declares.
enum KeyAdvice {
  /// The failure of an unknown key, with the key that was probably meant.
  static func failure(_ unknown: UnknownKey) -> ConfigurationFailure {
    let meant =
      namesElsewhere[unknown.name]
      ?? key(endingIn: unknown.name, near: unknown.section)
      ?? Spelling.nearest(to: unknown.name, among: unknown.declared)
    let advice =
      meant.map { "did you mean \($0)?" }
      ?? "expected one of \(unknown.declared.joined(separator: ", "))"
    return ConfigurationFailure(unknown.origin, unknown.key, "unknown key; \(advice)")
  }

  /// The key of another section with this name; of several, the one that shares most of its path
  /// with `section`.
  private static func key(endingIn name: String, near section: String) -> String? {
    let path = section.split(separator: ".")
    func shared(_ key: String) -> Int {
      zip(path, key.split(separator: ".")).prefix { $0 == $1 }.count
    }
    let candidates = RunConfiguration.keys.filter { key in
      let names = key.split(separator: ".")
      return names.count > 1 && names[names.count - 1] == name && !names.contains("FIELD")
    }
    return candidates.reversed().max { shared($0) < shared($1) }
  }

  /// Keys here, by the names that FuxiCTR and GE4Rec give them.
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
