/// A place in a model whose values an analysis may read after a forward pass.
public enum ProbePoint: Hashable, Sendable {
  /// The embeddings of all fields, flattened: `[rows, fields · dimension]`.
  case embedding
  /// The source of one interaction, from 0: the encoder's output, or the embedding in the
  /// discriminative paradigm.
  case encoder(Int)
  /// The output of one interaction, from 0: a cross layer's state, a compressed layer's pooled
  /// maps, the pairs' products where these are summed or passed on.
  case interaction(Int)
  /// What one of the model's heads reads, from 0: the last vector before the logit.
  case final(Int)
  /// Operand A of the redundancy matrix (Yin et al., 2025).
  case left
  /// Operand B of the redundancy matrix.
  case right
}

extension ProbePoint: CustomStringConvertible {
  /// The place in words, such as "encoder.0".
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
