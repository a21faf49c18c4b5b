import Models
import Training

extension TrainingSettings: KeyedSection {
  mutating func visit(_ keys: inout some KeyVisitor) throws {
    let rows = Form<Int>.integer(1...Int(Int32.max))
    let nonNegative = Form<Double>.notNegative.insteadOfNull("write 0 for none")
    try keys.key("batch_size", &batchSize, rows)
    try keys.key("epochs", &epochs, .integer(1...))
    try keys.key("progressive", &progressive, .flag)
    if progressive, !keys.isWritten("epochs") { epochs = 1 }
    try keys.key("optimizer", &optimizer, .choice)
    try keys.key("embedding_update", &embeddingUpdate, .choice)
    try keys.key("precision", &precision, .choice)
    try keys.key("learning_rate", &learningRate, .positive)
    try keys.key("embedding_regularizer", &embeddingRegularizer, nonNegative)
    try keys.key("net_regularizer", &netRegularizer, nonNegative)
    try keys.section("regularizers", &regularizers)
    try keys.key("max_gradient_norm", &maxGradientNorm, nonNegative)
    try keys.key("shuffle", &shuffle, .flag)
    try keys.read(if: shuffle) { try $0.key("shuffle_rows", &shuffleRows, rows) }
    try keys.key("seed", &seed, .integer(0...))
    try keys.key("eval_steps", &evalSteps, .optional(.integer(1...)))
    try keys.key("checkpoint_minutes", &checkpointMinutes, .optional(.positive))
    try keys.key("keep", &keep, .choice)
    try keys.key("keep_last", &keepLast, .flag)
    try keys.key("group", &group, .optional(.text("the name of a column")))
    try keys.section("monitor", &monitor, startingFrom: .nothing)
    try keys.key(
      "early_stop_patience", &earlyStopPatience,
      .integer(1...).insteadOfNull("write the number of epochs to train them all"))
    try keys.key("reduce_lr_on_plateau", &reduceLearningRateOnPlateau, .flag)
    try keys.key("tensorboard", &tensorboard, .flag)
  }
}

extension RegularizerSettings: KeyedSection {
  static let example: String? = "{decorrelation: 1.0e-3}"

  mutating func visit(_ keys: inout some KeyVisitor) throws {
    let weight = Form<Double>.notNegative.insteadOfNull("write 0 for none")
    try keys.key("singular_value_variance", &singularValueVariance, weight)
    try keys.key("decorrelation", &decorrelation, weight)
    try keys.key("space_similarity", &spaceSimilarity, weight)
    try keys.key("block_orthogonality", &blockOrthogonality, weight)
    try keys.key("norm_alignment", &normAlignment, weight)
  }
}

extension TrainingSettings.Monitor: KeyedSection {
  /// No weight: a monitor that is written lists every metric that counts.
  fileprivate static var nothing: Self {
    var monitor = Self()
    monitor.auc = 0
    return monitor
  }

  static let example: String? = "{AUC: 1} or {logloss: -1}"

  mutating func visit(_ keys: inout some KeyVisitor) throws {
    try keys.key("AUC", &auc, .notNegative)
    try keys.key("GAUC", &gauc, .notNegative)
    try keys.key("logloss", &logloss, .notPositive)
  }
}
