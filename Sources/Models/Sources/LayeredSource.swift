import LinearAlgebra

/// The source of one layer in a stack, which reads either the raw embedding or the state of the layer it
/// feeds.
///
/// The layer passes both, and both gradients; which of them the source reads is fixed when it is built.
struct LayeredSource {
  var operations: Int { source.operations }
  private let source: Source
  private let input: EncoderSettings.Input

  init(_ source: Source, reading input: EncoderSettings.Input) {
    self.source = source
    self.input = input
  }

  /// The source's vectors, valid until the next call.
  func forward(_ embeddings: Embeddings, state: FieldInput, _ pass: Pass) -> FieldTensor {
    switch input {
    case .embedding: source.forward(embeddings.raw, pass)
    case .layerState: source.forward(state, pass)
    }
  }

  /// Where the layer adds the gradient of `forward`'s result.
  func outputGradient(_ gradients: EmbeddingGradients, state: FieldGradient) -> FieldTensor {
    source.outputGradient(within: choose(gradients, state))
  }

  /// Carries the gradient that the layer added back to what the source reads.
  func backward(addingTo gradients: EmbeddingGradients, state: FieldGradient) {
    source.backward(addingTo: choose(gradients, state))
  }

  private func choose(_ gradients: EmbeddingGradients, _ state: FieldGradient) -> FieldGradient {
    switch input {
    case .embedding: gradients.raw
    case .layerState: state
    }
  }
}
