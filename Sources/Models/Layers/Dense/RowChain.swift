import LinearAlgebra
import Platform

/// Row layers one after another, as one: a tile of rows passes through all of them.
final class RowChain: RowLayer {
  var parameters: [Parameter] { layers.flatMap(\.parameters) }
  var statistics: [RunningStatistic] { layers.flatMap(\.statistics) }
  let pool: WorkerPool
  private let layers: [RowLayer]

  init(_ layers: [RowLayer], pool: WorkerPool) {
    self.layers = layers
    self.pool = pool
  }

  func begin(_ values: MatrixView, _ pass: Pass) -> MatrixView {
    layers.reduce(values) { $1.begin($0, pass) }
  }

  func forward(rows: Range<Int>) {
    for layer in layers { layer.forward(rows: rows) }
  }

  func begin(gradient: MatrixView) -> MatrixView {
    layers.reversed().reduce(gradient) { $1.begin(gradient: $0) }
  }

  func backward(rows: Range<Int>) {
    for layer in layers.reversed() { layer.backward(rows: rows) }
  }
}
