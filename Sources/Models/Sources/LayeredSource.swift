import LinearAlgebra

/// The source of one layer in a stack, which reads either the raw embedding or the state of the layer it feeds.
///
/// The layer names both, and both gradients; which of them the source reads is settled when it is built.
struct LayeredSource {
  var parameters: [Parameter] { source.parameters }
  var statistics: [RunningStatistic] { source.statistics }
  private let source: Source
  private let input: EncoderSettings.Input

  init(_ source: Source, reading input: EncoderSettings.Input) {
    self.source = source
    self.input = input
  }

  /// The source's vectors, valid until the next call.
  func forward(embedding: FieldTensor, state: FieldTensor, _ pass: Pass) -> FieldTensor {
    source.forward(input.choose(embedding, state), pass)
  }

  /// Where the layer adds the gradient of `forward`'s result.
  func outputGradient(embedding: FieldTensor, state: FieldTensor) -> FieldTensor {
    source.outputGradient(within: input.choose(embedding, state))
  }

  /// Carries the gradient that the layer added back to what the source reads.
  func backward(addingTo embedding: FieldTensor, _ state: FieldTensor) {
    source.backward(addingTo: input.choose(embedding, state))
  }
}

extension EncoderSettings.Input {
  fileprivate func choose(_ embedding: FieldTensor, _ state: FieldTensor) -> FieldTensor {
    switch self {
    case .embedding: embedding
    case .layerState: state
    }
  }
}
