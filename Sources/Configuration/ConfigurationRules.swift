import ClickData
import Models

/// What must hold between keys that are each right on their own.
struct ConfigurationRules {
  private let configuration: RunConfiguration
  private let node: ConfigurationNode

  /// Checks a configuration; the nodes it was read from say where its keys are written.
  static func check(_ configuration: RunConfiguration, writtenAs node: ConfigurationNode) throws {
    let rules = ConfigurationRules(configuration: configuration, node: node)
    try rules.checkSources()
    try rules.checkShares()
    try rules.checkFields()
    try rules.checkModel()
    try rules.checkEncoder()
    try rules.checkTarget()
    try rules.checkMonitor()
  }

  private func refuse(_ key: String, _ problem: String) -> ConfigurationFailure {
    ConfigurationFailure(node.origin(of: key), key, problem)
  }

  private func checkSources() throws {
    let dataset = configuration.dataset
    let files = [("train", dataset.train), ("valid", dataset.valid), ("test", dataset.test)]
    if dataset.source.isEmpty {
      guard !dataset.train.isEmpty else {
        throw refuse(
          "dataset", "no training data, expected train, or source with split; name the files")
      }
      guard dataset.split == nil else {
        throw refuse(
          "dataset.split", "divides source, but no source is given; name it, or remove split")
      }
    } else if let (name, _) = files.first(where: { !$0.1.isEmpty }) {
      let key = "dataset.\(name)"
      throw refuse(
        "dataset.source",
        "given together with \(key) (\(node.origin(of: key))); remove one or set it to null")
    }
  }

  private func checkShares() throws {
    guard let split = configuration.dataset.split else { return }
    let sum = split.train + split.valid + split.test
    guard abs(sum - 1) < 1e-9 else {
      throw refuse(
        "dataset.split",
        "train \(split.train), valid \(split.valid) and test \(split.test) sum to \(rounded(sum)), "
          + "expected 1")
    }
    guard split.train > 0 else {
      throw refuse("dataset.split.train", "found 0, expected a number above 0")
    }
  }

  private func rounded(_ number: Double) -> Double { (number * 1e9).rounded() / 1e9 }

  private func checkFields() throws {
    let fields = configuration.dataset.fields.map(\.name)
    for (index, name) in fields.enumerated() {
      guard fields.firstIndex(of: name) == index else {
        throw refuse("dataset.fields", "lists \"\(name)\" twice; remove one")
      }
      guard name != configuration.dataset.label else {
        throw refuse("dataset.fields", "lists \"\(name)\", which is the label; remove it")
      }
    }
  }

  /// A single field has no other to interact with.
  private func checkLoneField() throws {
    let (dataset, backbone) = (configuration.dataset, configuration.model.backbone)
    guard dataset.format == .libsvm, dataset.fields.isEmpty, backbone.hasSource else { return }
    throw refuse(
      "model.backbone",
      "found \"\(backbone.rawValue)\", expected lr or dnn: without dataset.fields all features of a "
        + "libsvm row are one field, which has none to interact with; say which features are whose")
  }

  private func checkModel() throws {
    try checkLoneField()
    let model = configuration.model
    guard model.paradigm == .discriminative || model.backbone.hasSource else {
      throw refuse(
        "model.paradigm",
        "found \"\(model.paradigm.rawValue)\", expected discriminative: backbone "
          + "\(model.backbone.rawValue) has no interaction whose side could be generated")
    }
    guard model.backbone != .xdeepfm || !model.cinHiddenUnits.isEmpty else {
      throw refuse(
        "model.cin_hidden_units",
        "found an empty list, expected at least one width: backbone xdeepfm interacts in these "
          + "layers alone")
    }
  }

  private func checkEncoder() throws {
    let model = configuration.model
    guard model.paradigm == .generative else { return }
    guard model.encoder.kind == .fieldWise || model.encoder.source == .all else {
      throw refuse(
        "model.encoder.source",
        "found \"\(model.encoder.source.rawValue)\", expected all: an encoder of kind "
          + "\(model.encoder.kind.rawValue) generates every field from all")
    }
    let heads = EncoderSettings.attentionHeads
    guard model.encoder.kind != .selfAttention || model.embeddingDimension % heads == 0 else {
      throw refuse(
        "model.embedding_dim",
        "found \(model.embeddingDimension), expected a multiple of \(heads): an encoder of kind "
          + "self_attention cuts each vector into \(heads) heads")
    }
    guard model.encoder.kind != .selfAttention || model.encoder.activation != .prelu else {
      throw refuse(
        "model.encoder.activation",
        "found \"prelu\", expected another: an encoder of kind self_attention ends with a ReLU, "
          + "behind which no slope below zero can be trained")
    }
  }

  private func checkTarget() throws {
    let model = configuration.model
    guard model.target.suits(model.backbone) else {
      let others = BackboneKind.allCases.filter { model.target.suits($0) }.map(\.rawValue)
      throw refuse(
        "model.target",
        "found \"\(model.target.rawValue)\", expected all: backbone \(model.backbone.rawValue) has "
          + "no such target; \(others.joined(separator: ", ")) have")
    }
    guard model.target == .hardMasked, let fields = knownFields, model.targetFields >= fields else {
      return
    }
    throw refuse(
      "model.num_target",
      "found \(model.targetFields), expected at most \(fields - 1): of \(fields) fields target "
        + "hard_masked must leave one")
  }

  /// How many fields there are, where no header has to be read for it.
  private var knownFields: Int? {
    switch configuration.dataset.format {
    case .criteo: 39
    case .avazu: 24
    case .delimited, .libffm, .libsvm:
      configuration.dataset.fields.isEmpty ? nil : configuration.dataset.fields.count
    }
  }

  private func checkMonitor() throws {
    let monitor = configuration.training.monitor
    guard monitor.auc != 0 || monitor.logloss != 0 else {
      throw refuse(
        "training.monitor", "expected a weight that is not 0, such as {AUC: 1}")
    }
  }
}
