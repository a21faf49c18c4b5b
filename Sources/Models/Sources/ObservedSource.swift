import LinearAlgebra

/// A source that reads the embeddings and keeps its last input and output, so that an analysis may read
/// them.
///
/// Every backbone with one interaction between the embeddings and its source has one.
final class ObservedSource {
  var operations: Int { source.operations }
  private let source: Source
  private var input: FieldTensor?
  private var output: FieldTensor?

  init(_ source: Source) { self.source = source }

  /// The source's vectors, valid until the next call.
  func forward(_ embeddings: Embeddings, _ pass: Pass) -> FieldTensor {
    let output = source.forward(embeddings.raw, pass)
    self.input = embeddings.raw.tensor
    self.output = output
    return output
  }

  /// Where the interaction adds the gradient of `forward`'s result.
  func outputGradient(within gradients: EmbeddingGradients) -> FieldTensor {
    source.outputGradient(within: gradients.raw)
  }

  /// Carries the gradient that the interaction added back to the embeddings.
  func backward(addingTo gradients: EmbeddingGradients) {
    source.backward(addingTo: gradients.raw)
  }

  /// The redundancy matrix compares the raw embedding, its left operand, with the source's output.
  func matrix(at point: ProbePoint) -> MatrixView? {
    switch point {
    case .embedding, .left: input?.flattened
    case .encoder(0), .right: output?.flattened
    default: nil
    }
  }
}
