import LinearAlgebra

/// Cross layers, and what a head reads of them.
protocol CrossNetwork: AnyObject {
  /// The width of the output.
  var width: Int { get }
  var parameters: [Parameter] { get }
  var statistics: [RunningStatistic] { get }
  /// Writes what the head reads, `[batch, width]`.
  func forward(_ embedding: FieldTensor, _ pass: Pass, into output: MatrixView)
  /// Adds the embedding's gradient; the output's is left as it is.
  func backward(_ outputGradient: MatrixView, addingTo embeddingGradient: FieldTensor)
  /// What may be looked at after a forward pass.
  func matrix(at point: ProbePoint) -> MatrixView?
}
