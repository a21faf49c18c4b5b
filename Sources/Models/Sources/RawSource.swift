import LinearAlgebra

/// The discriminative paradigm's source: the input itself, with nothing to train and nothing to copy.
final class RawSource: Source {
  var parameters: [Parameter] { [] }
  var statistics: [RunningStatistic] { [] }

  func forward(_ input: FieldTensor, _ pass: Pass) -> FieldTensor { input }

  /// The input's own gradient: what is added there has arrived.
  func outputGradient(within inputGradient: FieldTensor) -> FieldTensor { inputGradient }

  func backward(addingTo inputGradient: FieldTensor) {}
}
