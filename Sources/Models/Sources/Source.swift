import LinearAlgebra

/// The side of an interaction that a paradigm may generate.
///
/// An interaction asks for its source's vectors and for the place their gradient goes; it cannot tell a raw
/// embedding from a generated one. What a target makes of the embedding, for the other side, is asked for in the same way.
public protocol Source: AnyObject {
  /// What training changes, by name; none for a raw embedding.
  var parameters: [Parameter] { get }
  /// What the layers gather while they train, by name.
  var statistics: [RunningStatistic] { get }
  /// The source's vectors for an input, valid until the next call.
  func forward(_ input: FieldTensor, _ pass: Pass) -> FieldTensor
  /// Where the interaction adds the gradient of `forward`'s result: zeros, or the input's own gradient.
  func outputGradient(within inputGradient: FieldTensor) -> FieldTensor
  /// Carries the gradient that the interaction added back to the input.
  func backward(addingTo inputGradient: FieldTensor)
}
