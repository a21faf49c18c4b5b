/// The backbones; each is one file in `Backbones`.
public enum BackboneKind: String, CaseIterable, Sendable {
  /// Logistic regression: the first-order term alone.
  case lr
  /// A multi-layer perceptron on the embeddings.
  case dnn
  /// The factorisation machine.
  case fm
  /// FM beside a perceptron.
  case deepfm
  /// A perceptron on the sum of all pairs' products.
  case nfm
  /// FM with one weight per pair of fields.
  case fwfm
  /// FM with one matrix, or one vector, per pair of fields.
  case fmfm
  /// A perceptron on the embeddings and the inner products of all pairs.
  case ipnn
  /// Cross layers (CrossNet V2).
  case crossnet
  /// Cross layers beside a perceptron.
  case dcnv2
  /// Cross layers before a perceptron.
  case dcnv2Stacked = "dcnv2_stacked"
  /// Cross layers before a perceptron, beside a second one.
  case dcnv2StackedParallel = "dcnv2_stacked_parallel"
  /// Compressed interaction layers beside a perceptron.
  case xdeepfm
  /// Factorisation machine and linear compression blocks in layers.
  case wukong
  /// Tokens that are mixed without weights, before layers of their own.
  case rankmixer
  /// Tokens that are mixed by one map of all, before gated layers of their own.
  case rankelastor
}
