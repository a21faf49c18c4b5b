import LinearAlgebra
import Platform

/// A layer that works in place on a `[batch, width]` matrix: normalisation, activation, dropout.
///
/// The values that it is given become its output, the gradient that it is given becomes its
/// input's.
protocol DenseLayer: AnyObject {
  func forward(_ values: MatrixView, _ pass: Pass) -> MatrixView
  /// The same as an operation of a graph, in an evaluation.
  func graph(_ values: GraphValue, _ graph: GraphBuilder) -> GraphValue
  func backward(_ gradient: MatrixView) -> MatrixView
}

/// A dense layer that computes each row of its output from that row of its input alone.
///
/// So it can follow the producer of its input tile by tile, while the tile is still in the cache.
protocol RowLayer: DenseLayer {
  /// Notes a batch and returns where its output will be.
  func begin(_ values: MatrixView, _ pass: Pass) -> MatrixView
  /// Computes some rows of the output, on the calling thread.
  func forward(rows: Range<Int>)
  /// Notes the output's gradient and returns where the input's will be.
  func begin(gradient: MatrixView) -> MatrixView
  /// Computes some rows of the input's gradient, on the calling thread.
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

/// Row layers one after another, as one: a tile of rows passes through all of them.
final class RowChain: RowLayer {
  let pool: WorkerPool
  private let layers: [RowLayer]

  init(_ layers: [RowLayer], pool: WorkerPool) {
    self.layers = layers
    self.pool = pool
  }

  func begin(_ values: MatrixView, _ pass: Pass) -> MatrixView {
    layers.reduce(values) { $1.begin($0, pass) }
  }

  func forward(rows: Range<Int>) { for layer in layers { layer.forward(rows: rows) } }

  func graph(_ values: GraphValue, _ graph: GraphBuilder) -> GraphValue {
    layers.reduce(values) { $1.graph($0, graph) }
  }

  func begin(gradient: MatrixView) -> MatrixView {
    layers.reversed().reduce(gradient) { $1.begin(gradient: $0) }
  }

  func backward(rows: Range<Int>) { for layer in layers.reversed() { layer.backward(rows: rows) } }
}
