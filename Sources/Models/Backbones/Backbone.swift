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
  /// The two operands that the redundancy matrix compares, where `source` is the name of the
  /// source's output; nil for a backbone without an interaction.
  static func operands(source: String) -> OperandNames?

  /// Creates the layers.
  init(_ builder: ModelBuilder)
  /// Floating-point operations of a row's products of vectors with one another, forward, those of
  /// its sources included.
  var operations: Int { get }
  /// Adds each row's interactions to its logit; `[batch, fields, dimension]` to `[batch, 1]`.
  func forward(_ embeddings: Embeddings, _ pass: Pass, addingTo logits: MatrixView)
  /// Adds the embeddings' gradients, for the batch of the last forward.
  func backward(_ logitGradient: MatrixView, addingTo gradients: EmbeddingGradients)
  /// What an analysis may read after a forward pass.
  func matrix(at point: ProbePoint) -> MatrixView?
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

  /// Names the operands.
  public init(left: String = "left operand", right: String = "right operand") {
    self.left = left
    self.right = right
  }
}

extension BackboneKind {
  /// The backbone; nil where the model is its linear term alone.
  func type(_ settings: ModelSettings) -> (any Backbone.Type)? {
    switch self {
    case .lr: nil
    case .dnn: DNN.self
    case .fm: FM.self
    case .deepfm: DeepFM.self
    case .fwfm: FwFM.self
    case .fmfm: FmFM.self
    case .ipnn: IPNN.self
    case .crossnet: CrossNet.self
    case .dcnv2: settings.deep.hiddenUnits.isEmpty ? CrossNet.self : DCNv2.self
    case .xdeepfm: XDeepFM.self
    }
  }

  private var type: (any Backbone.Type)? { type(ModelSettings()) }

  /// Whether an interaction has a side that could be generated.
  public var hasSource: Bool { operands(source: "") != nil }

  /// Whether a target suits the backbone.
  public func suits(_ target: TargetKind) -> Bool { (type?.targets ?? [.all]).contains(target) }

  /// What the two operands of the redundancy matrix are called (Yin et al., 2025); nil for a
  /// backbone without an interaction.
  public func operands(in paradigm: Paradigm) -> OperandNames? {
    switch paradigm {
    case .discriminative: operands(source: "embedding")
    case .generative: operands(source: "generated embedding")
    }
  }

  private func operands(source: String) -> OperandNames? { type?.operands(source: source) }

  /// What the logit has beside the backbone; nil where that is nothing.
  func linearTerm(_ settings: ModelSettings) -> LinearTermKind? {
    guard let type = type(settings) else { return .lw }
    return type.linearTerm(settings)
  }
}
