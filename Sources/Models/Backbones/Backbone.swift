import LinearAlgebra

/// How fields interact: embeddings to a logit.
///
/// A backbone is written against the two operands of its interaction and cannot tell which paradigm
/// it is in. Its parameters are registered in the order in which `init` creates its layers.
protocol Backbone: AnyObject {
  /// What the logit has beside the backbone; nil where that is nothing.
  static func linearTerm(_ settings: ModelSettings) -> LinearTermKind?
  /// The targets that suit it.
  static var targets: [TargetKind] { get }
  /// Whether an interaction has a side that could be generated.
  static var hasSource: Bool { get }
  /// The choices of generated fields that suit it: where vectors are not fields, not every one
  /// does.
  static var encoderSources: [EncoderSource] { get }
  /// The two operands that the redundancy matrix compares, where `source` is the name of the
  /// source's output; nil for a backbone without an interaction of fields.
  static func operands(source: String) -> OperandNames?
  /// The fields of a generated source that the interaction reads.
  static var sourceFields: SourceFields { get }

  /// Creates the layers.
  init(_ builder: ModelBuilder)
  /// Floating-point operations of a row's products of vectors with one another, forward, those of
  /// its sources included.
  var operations: Int { get }
  /// Adds each row's interactions to its logit; `[batch, fields, dimension]` to `[batch, 1]`.
  func forward(_ embeddings: Embeddings, _ pass: Pass, addingTo logits: MatrixView)
  /// Each row's interactions, `[batch, 1]`, as operations of a graph, in an evaluation.
  func graph(_ embeddings: GraphVectors, _ graph: GraphBuilder) -> GraphValue
  /// Adds the embeddings' gradients, for the batch of the last forward.
  func backward(_ logitGradient: MatrixView, addingTo gradients: EmbeddingGradients)
  /// What an analysis may read after a forward pass.
  func matrix(at point: ProbePoint) -> MatrixView?
}

extension Backbone {
  static var hasSource: Bool { operands(source: "") != nil }
  static var encoderSources: [EncoderSource] { EncoderSource.allCases }
  static var sourceFields: SourceFields { .all }
}

/// A backbone with one operand from the raw embedding and one from a source.
protocol EmbeddingBackbone: Backbone {}

extension EmbeddingBackbone {
  static var targets: [TargetKind] { [.all, .masked, .fieldMasked] }
  static func operands(source: String) -> OperandNames? {
    OperandNames(left: "embedding", right: source)
  }
}

/// What the two operands of an interaction are called in reports.
public struct OperandNames: Equatable, Sendable {
  /// The rows of the correlation matrix.
  public let left: String
  /// Its columns.
  public let right: String
  /// The fields of the right operand; the left one has all.
  public internal(set) var rightFields: SourceFields

  /// Names the operands.
  public init(
    left: String = "left operand", right: String = "right operand",
    rightFields: SourceFields = .all
  ) {
    self.left = left
    self.right = right
    self.rightFields = rightFields
  }
}
