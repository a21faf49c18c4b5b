import LinearAlgebra

/// How fields interact: embeddings to a logit.
///
/// A backbone is written against the two operands of its interaction and cannot tell which paradigm it is in.
public protocol Backbone: AnyObject {
  /// What training changes besides the tables and the linear term, by name.
  var parameters: [Parameter] { get }
  /// What the layers gather while they train, by name.
  var statistics: [RunningStatistic] { get }
  /// Adds each row's interactions to its logit; `[batch, fields, dimension]` to `[batch, 1]`.
  func forward(_ embeddings: FieldTensor, _ pass: Pass, addingTo logits: MatrixView)
  /// Adds the embeddings' gradient, for the batch of the last forward.
  func backward(_ logitGradient: MatrixView, addingTo embeddingGradient: FieldTensor)
  /// What may be looked at after a forward pass.
  func matrix(at point: ProbePoint) -> MatrixView?
}

extension Backbone {
  /// None: a backbone without deep layers gathers nothing.
  public var statistics: [RunningStatistic] { [] }
}

/// A place in a model whose values an analysis may read after a forward pass.
public enum ProbePoint: Hashable, Sendable {
  /// The embeddings of all fields, flattened: `[rows, fields · dimension]`.
  case embedding
  /// The source of one interaction, from 0: the encoder's output, or the embedding where nothing is generated.
  case encoder(Int)
  /// The output of one interaction, from 0: a cross layer's state, a compressed layer's pooled maps, the pairs'
  /// products where these are summed or handed on.
  case interaction(Int)
  /// What one of the model's heads reads, from 0: the last vector before the logit.
  case final(Int)
  /// Operand A of the redundancy matrix (paper, section 4).
  case left
  /// Operand B of the redundancy matrix.
  case right
}

extension ProbePoint: CustomStringConvertible {
  /// What the place is called, such as "encoder.0".
  public var description: String {
    switch self {
    case .embedding: "embedding"
    case .encoder(let layer): "encoder.\(layer)"
    case .interaction(let layer): "interaction.\(layer)"
    case .final(let head): "final.\(head)"
    case .left: "left operand"
    case .right: "right operand"
    }
  }
}
