import LinearAlgebra

/// A layer that works in place on a `[batch, width]` matrix: normalisation, activation, dropout.
///
/// The values it is given become its output, the gradient it is given becomes its input's.
protocol DenseLayer: AnyObject {
  var parameters: [Parameter] { get }
  var statistics: [RunningStatistic] { get }
  func forward(_ values: MatrixView, _ pass: Pass) -> MatrixView
  func backward(_ gradient: MatrixView) -> MatrixView
}
