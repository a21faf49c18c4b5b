import LinearAlgebra

/// Generates one vector a field from the vectors of fields: `[batch, fields, dimension]` → the same shape.
///
/// Backward adds to the input's gradient and to the parameters' gradients, for the batch of the last forward.
public protocol FieldEncoder: AnyObject {
  /// What training changes, by name.
  var parameters: [Parameter] { get }
  /// What the layers gather while they train, by name.
  var statistics: [RunningStatistic] { get }
  /// Encodes; the output stays valid until the next call.
  func forward(_ input: FieldTensor, _ pass: Pass) -> FieldTensor
  /// Carries the output's gradient back to the input and the parameters.
  func backward(_ outputGradient: FieldTensor, addingTo inputGradient: FieldTensor)
}

extension FieldEncoder {
  /// None: most encoders gather nothing.
  public var statistics: [RunningStatistic] { [] }
}
