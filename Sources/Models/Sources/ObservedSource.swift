import LinearAlgebra

/// A source that remembers its last input and output, so that an analysis may read them.
///
/// What every backbone with one interaction between the embedding and its source answers to a probe.
final class ObservedSource: Source {
  var parameters: [Parameter] { source.parameters }
  var statistics: [RunningStatistic] { source.statistics }
  private let source: Source
  private var input: FieldTensor?
  private var output: FieldTensor?

  init(_ source: Source) { self.source = source }

  func forward(_ input: FieldTensor, _ pass: Pass) -> FieldTensor {
    let output = source.forward(input, pass)
    self.input = input
    self.output = output
    return output
  }

  func outputGradient(within inputGradient: FieldTensor) -> FieldTensor {
    source.outputGradient(within: inputGradient)
  }

  func backward(addingTo inputGradient: FieldTensor) {
    source.backward(addingTo: inputGradient)
  }

  /// The redundancy matrix sets the raw embedding, its left operand, against the generated one.
  func matrix(at point: ProbePoint) -> MatrixView? {
    switch point {
    case .embedding, .left: input?.flattened
    case .encoder(0), .right: output?.flattened
    default: nil
    }
  }
}
