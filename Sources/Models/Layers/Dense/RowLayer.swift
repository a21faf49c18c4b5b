import LinearAlgebra
import Platform

/// A dense layer that makes each row of its output from that row of its input alone.
///
/// So it can follow what writes its input tile by tile, while the tile is still in the cache.
protocol RowLayer: DenseLayer {
  /// Takes note of a batch and returns where its output will lie.
  func begin(_ values: MatrixView, _ pass: Pass) -> MatrixView
  /// Makes some rows of the output, on the calling thread.
  func forward(rows: Range<Int>)
  /// Takes note of the output's gradient and returns where the input's will lie.
  func begin(gradient: MatrixView) -> MatrixView
  /// Makes some rows of the input's gradient, on the calling thread.
  func backward(rows: Range<Int>)
  var pool: WorkerPool { get }
}

extension RowLayer {
  func forward(_ values: MatrixView, _ pass: Pass) -> MatrixView {
    let output = begin(values, pass)
    pool.tiles(of: values.rows, size: 64) { forward(rows: $0) }
    return output
  }

  func backward(_ gradient: MatrixView) -> MatrixView {
    let inputGradient = begin(gradient: gradient)
    pool.tiles(of: gradient.rows, size: 64) { backward(rows: $0) }
    return inputGradient
  }
}
