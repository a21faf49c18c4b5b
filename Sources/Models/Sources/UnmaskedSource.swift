import LinearAlgebra

/// A source that reads the embedding as it was before a mask hid some fields from the other side.
final class UnmaskedSource: Source {
  var parameters: [Parameter] { source.parameters }
  var statistics: [RunningStatistic] { source.statistics }
  private let source: Source
  private let mask: TargetMask

  init(_ source: Source, behind mask: TargetMask) {
    self.source = source
    self.mask = mask
  }

  func forward(_ input: FieldTensor, _ pass: Pass) -> FieldTensor {
    source.forward(mask.unmasked ?? input, pass)
  }

  func outputGradient(within inputGradient: FieldTensor) -> FieldTensor {
    source.outputGradient(within: mask.unmaskedGradient ?? inputGradient)
  }

  func backward(addingTo inputGradient: FieldTensor) {
    source.backward(addingTo: mask.unmaskedGradient ?? inputGradient)
  }
}
