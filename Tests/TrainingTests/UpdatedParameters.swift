import LinearAlgebra
import Models
import Platform
import TestSupport
import Training

/// Two tables that share touched rows, a third one, a weight and a bias, with drawn gradients.
final class UpdatedParameters {
  let touched: [TouchedRows]
  let parameters: [Parameter]
  private let random = CounterRandom(seed: 11, stream: 5)
  private let batch: Int

  init(
    rows: [Int] = [700, 5], dimension: Int = 10, batch: Int = 64, seed: UInt64 = 1,
    history: RowHistory = noRowHistory
  ) {
    self.batch = batch
    // With a history, weights and vectors are stored with their slot numbers.
    let room = history(1) == 0 ? [] : [1 + history(1), dimension]
    let touched = rows.map {
      TouchedRows(tableRows: $0, batchCapacity: batch, roomFor: room)
    }
    func table(_ name: String, _ rows: TouchedRows, _ width: Int) -> Parameter {
      Parameter(name: "\(name).weight", table: rows, dimension: width, history: history(width))
    }
    self.touched = touched
    parameters =
      [
        table("embedding.A", touched[0], dimension), table("embedding.B", touched[1], dimension),
        table("first_order.A", touched[0], 1),
        Parameter(name: "encoder.weight", shape: [21, 19], regularization: .network),
        Parameter(name: "bias", shape: [3], regularization: .none),
      ]
    let values = CounterRandom(seed: seed, stream: 6)
    for (stream, parameter) in parameters.enumerated() {
      for index in 0..<parameter.count {
        let (row, column) = index.quotientAndRemainder(dividingBy: parameter.value.columns)
        parameter.value[row, column] = Scalar(values.normal(UInt64(stream * 1_000_000 + index)))
      }
    }
  }

  /// Touches some rows, or all, and fills every gradient with numbers that depend on the step.
  func draw(step: Int, all: Bool = false, scale: Double = 1) {
    clear()
    for (field, rows) in touched.enumerated() {
      let ids = (0..<batch).map { index in
        all
          ? UInt32(index % rows.tableRows)
          : UInt32(
            random.integer(UInt64((step * 7 + field) * batch + index), below: rows.tableRows))
      }
      rows.find(ids, count: batch)
    }
    for parameter in parameters { parameter.fetchTouchedValues() }
    for (stream, parameter) in parameters.enumerated() {
      let columns = parameter.gradient.columns
      for index in 0..<(parameter.touched?.count ?? parameter.gradient.rows) * columns {
        let position = UInt64((step * 10 + stream) * 1_000_000 + index)
        parameter.gradient[index / columns, index % columns] =
          Scalar(scale * random.normal(position))
      }
    }
  }

  func clear() {
    for parameter in parameters { parameter.zeroGradient() }
    for rows in touched { rows.clear() }
  }

  var values: [[Double]] { parameters.map(\.value.view.doubles) }

  /// The values with every deferred update applied.
  func values(after optimizer: any Optimizer) -> [[Double]] {
    optimizer.flush()
    return values
  }

  /// An optimizer of these parameters.
  func optimizer(_ settings: TrainingSettings, threads: Int = 2) -> any Optimizer {
    settings.makeOptimizer(for: parameters, pool: WorkerPool(threads: threads))
  }

  /// Settings of an optimizer: λ of tables and of the rest, and the maximum norm.
  static func settings(
    _ update: TrainingSettings.EmbeddingUpdate, regularizers: (Double, Double) = (0, 0),
    norm: Double = 0, optimizer: TrainingSettings.OptimizerKind = .adam
  ) -> TrainingSettings {
    var settings = TrainingSettings()
    settings.optimizer = optimizer
    settings.embeddingUpdate = update
    settings.embeddingRegularizer = regularizers.0
    settings.netRegularizer = regularizers.1
    settings.maxGradientNorm = norm
    return settings
  }
}
