import ClickData
import Models

/// Rules between keys that are each valid on their own.
struct ConfigurationRules {
  private let configuration: RunConfiguration
  private let node: ConfigurationNode
  private var model: ModelSettings { configuration.model }

  /// Checks a configuration; the nodes that it was read from locate its keys in errors.
  static func check(_ configuration: RunConfiguration, writtenAs node: ConfigurationNode) throws {
    let rules = ConfigurationRules(configuration: configuration, node: node)
    try rules.checkData()
    try rules.checkBackbone()
    try rules.checkEncoder()
    try rules.checkTarget()
    try rules.checkTokens()
    try rules.checkRegularizers()
    try rules.checkMonitor()
    try rules.checkBatch()
    try rules.checkProgressive()
  }

  /// Checks what depends on the number of fields, where only the data's header has it.
  static func check(_ configuration: RunConfiguration, fields: Int) throws {
    guard [.rankmixer, .rankelastor].contains(configuration.model.backbone),
      let problem = configuration.model.tokenProblem(fields: fields)
    else { return }
    throw ConfigurationFailure(configuration.run, problem.key, problem.finding)
  }

  private func failure(_ key: String, _ problem: String) -> ConfigurationFailure {
    ConfigurationFailure(node.origin(of: key), key, problem)
  }

  /// Training needs rows of its own; all other rules of data are those of `DatasetSettings`.
  private func checkData() throws {
    let dataset = configuration.dataset
    guard !dataset.source.isEmpty || !dataset.train.isEmpty else {
      throw failure(
        "dataset", "no training data, expected train, or source with split; name the files")
    }
    do {
      try dataset.check()
    } catch DataFailure.settings(let problem) {
      let other = problem.otherKey.map { " (\($0) is at \(node.origin(of: $0)))" } ?? ""
      throw ConfigurationFailure(
        node.origin(of: problem.key), problem.subject, problem.finding + other)
    }
    guard dataset.split?.train != 0 else {
      throw failure("dataset.split.train", "found 0, expected a number above 0")
    }
  }

  private func checkBackbone() throws {
    let (dataset, backbone) = (configuration.dataset, model.backbone)
    guard dataset.format != .libsvm || !dataset.fields.isEmpty || !backbone.hasSource else {
      throw failure(
        "model.backbone",
        "found \"\(backbone.rawValue)\", expected lr or dnn: without dataset.fields all features "
          + "of a libsvm row are one field, which has no other to interact with; "
          + "assign the features to fields")
    }
    guard model.paradigm == .discriminative || backbone.hasSource else {
      throw failure(
        "model.paradigm",
        "found \"\(model.paradigm.rawValue)\", expected discriminative: backbone "
          + "\(backbone.rawValue) has no interaction whose side could be generated")
    }
    guard backbone != .xdeepfm || !model.cinHiddenUnits.isEmpty else {
      throw failure(
        "model.cin_hidden_units",
        "found an empty list, expected at least one width: in backbone xdeepfm fields interact "
          + "only in these layers")
    }
  }

  private func checkEncoder() throws {
    guard model.paradigm == .generative else { return }
    let encoder = model.encoder
    guard encoder.kind == .fieldWise || encoder.source == .all else {
      throw failure(
        "model.encoder.source",
        "found \"\(encoder.source.rawValue)\", expected all: an encoder of kind "
          + "\(encoder.kind.rawValue) generates every field from all")
    }
    guard model.backbone.suits(encoder.source) else {
      throw failure(
        "model.encoder.source",
        "found \"\(encoder.source.rawValue)\", expected all or own: the vectors that backbone "
          + "\(model.backbone.rawValue) generates are tokens, not fields")
    }
    guard encoder.kind == .selfAttention else { return }
    let heads = EncoderSettings.attentionHeads
    let isToken = [.rankmixer, .rankelastor].contains(model.backbone)
    let dimension = isToken ? model.tokens.dimension : model.embeddingDimension
    guard dimension % heads == 0 else {
      throw failure(
        isToken ? "model.token_dim" : "model.embedding_dim",
        "found \(dimension), expected a multiple of \(heads): an encoder of kind "
          + "self_attention splits each vector into \(heads) heads")
    }
    guard encoder.activation != .prelu else {
      throw failure(
        "model.encoder.activation",
        "found \"prelu\", expected another: an encoder of kind self_attention ends with a ReLU, "
          + "after which a slope below zero cannot be trained")
    }
  }

  private func checkTokens() throws {
    guard [.rankmixer, .rankelastor].contains(model.backbone) else { return }
    let tokens = model.tokens
    guard model.backbone != .rankmixer || tokens.dimension % tokens.tokens == 0 else {
      throw failure(
        "model.token_dim",
        "found \(tokens.dimension), expected a multiple of model.num_tokens, \(tokens.tokens): "
          + "backbone rankmixer gives every token a block of each token")
    }
    guard model.backbone != .rankelastor || !tokens.feedForwardUnits.isEmpty else {
      throw failure(
        "model.ffn_hidden_units",
        "found an empty list, expected at least one width: in backbone rankelastor tokens interact "
          + "in these layers")
    }
    guard let problem = configuration.dataset.fieldCount.flatMap({ model.tokenProblem(fields: $0) })
    else { return }
    throw failure(problem.key, problem.finding)
  }

  private func checkTarget() throws {
    guard model.embeddingSets == 1 || model.target == .all else {
      throw failure(
        "model.target",
        "found \"\(model.target.rawValue)\", expected all with model.embedding_sets: "
          + "\(model.embeddingSets): what is hidden from one set would be shown by another")
    }
    guard model.backbone.suits(model.target) else {
      let others = BackboneKind.allCases.filter { $0.suits(model.target) }.map(\.rawValue)
      throw failure(
        "model.target",
        "found \"\(model.target.rawValue)\", expected all: backbone \(model.backbone.rawValue) "
          + "does not have this target; \(others.joined(separator: ", ")) do")
    }
    guard model.target == .hardMasked, let fields = configuration.dataset.fieldCount,
      model.targetFields >= fields
    else { return }
    throw failure(
      "model.num_target",
      "found \(model.targetFields), expected at most \(fields - 1): target hard_masked must leave "
        + "one of \(fields) fields")
  }

  private func checkBatch() throws {
    guard !model.deep.batchNormalization || configuration.training.batchSize > 1 else {
      throw failure(
        "training.batch_size",
        "found 1, expected at least 2 with model.batch_norm: true: the mean of one row is the row "
          + "itself, and its variance 0; raise it or set model.batch_norm to false")
    }
  }

  private func checkRegularizers() throws {
    let (terms, sets) = (configuration.training.regularizers, model.embeddingSets)
    func failure(_ key: String, _ found: Double, _ expected: String) -> ConfigurationFailure {
      self.failure(
        "training.regularizers.\(key)",
        "found \(YAMLWord.written(found)), expected 0 \(expected)")
    }
    guard terms == RegularizerSettings() || model.backbone != .lr else {
      throw self.failure(
        "training.regularizers", "found terms, expected none: backbone lr has no embeddings")
    }
    for (key, weight) in [
      ("space_similarity", terms.spaceSimilarity), ("norm_alignment", terms.normAlignment),
    ] where weight > 0 && sets == 1 {
      throw failure(key, weight, "or model.embedding_sets above 1: it compares sets of embeddings")
    }
    let hasCrossLayers: Set<BackboneKind> = [
      .crossnet, .dcnv2, .dcnv2Stacked, .dcnv2StackedParallel,
    ]
    for (key, weight) in [
      ("block_orthogonality", terms.blockOrthogonality), ("norm_alignment", terms.normAlignment),
    ] where weight > 0 && !hasCrossLayers.contains(model.backbone) {
      throw failure(
        key, weight,
        "with backbone \(model.backbone.rawValue): it is a term of the weights of cross layers, "
          + "which crossnet and dcnv2 have")
    }
  }

  private func checkProgressive() throws {
    let training = configuration.training
    guard training.progressive else { return }
    guard training.epochs == 1 else {
      throw failure(
        "training.epochs",
        "found \(training.epochs), expected 1: with training.progressive: true each file or day is "
          + "evaluated, then trained on once; remove it")
    }
    guard training.keep == .best else {
      throw failure(
        "training.keep",
        "found \"all\", expected best: with training.progressive: true vocabularies grow, and "
          + "earlier weights do not belong to the encoders at the end")
    }
  }

  private func checkMonitor() throws {
    let monitor = configuration.training.monitor
    guard monitor.gauc == 0 || configuration.training.group != nil else {
      throw failure(
        "training.monitor.GAUC",
        "found \(YAMLWord.written(monitor.gauc)), expected training.group beside it: GAUC is the mean AUC "
          + "of groups of rows; set training.group to their column, such as user_id")
    }
    guard monitor.auc != 0 || monitor.gauc != 0 || monitor.logloss != 0 else {
      throw failure("training.monitor", "expected a weight other than 0, such as {AUC: 1}")
    }
  }
}
