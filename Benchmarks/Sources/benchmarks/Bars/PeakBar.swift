import LinearAlgebra
import Platform

/// The three products of layers, in both precisions, as shares of what a core can do in registers.
struct PeakBar: Bar {
  let name = "peaks"
  let title =
    "Products of layers on one thread, in its processor time, as shares of the core's peak"

  /// Inputs and outputs of the layers of DCN V2 and DeepFM.
  private static let layers = [(390, 390), (390, 500), (500, 500), (390, 400), (400, 400)]

  private struct Measured {
    let name: String
    let seconds: Double
    let operations: Double
  }

  func measure(_ bench: Workbench) throws {
    for precision in ProductPrecision.allCases {
      guard precision == .float32 || CorePeak.hasBFloat16 else { continue }
      for (inputs, outputs) in Self.layers { measure(precision, inputs, outputs) }
    }
  }

  private func measure(_ precision: ProductPrecision, _ inputs: Int, _ outputs: Int) {
    let batch = Workbench.batchSize
    let pool = WorkerPool(threads: 1)
    let pooled = PooledProducts(pool: pool)
    let products = precision.products(pooled, pool: pool)
    let (x, y) = (Matrix.filled(batch, inputs), Matrix.filled(batch, outputs))
    let w = Matrix.filled(outputs, inputs)
    let (z, dx) = (Matrix(rows: batch, columns: outputs), Matrix(rows: batch, columns: inputs))
    let dw = Matrix(rows: outputs, columns: inputs)
    products.reserve(rows: batch, columns: outputs, inner: inputs)
    products.reserve(rows: batch, columns: inputs, inner: outputs)
    products.reserveSums(rows: outputs, columns: inputs, batch: batch, vectors: 1)
    products.allocate()
    let seconds = leastThreadSeconds(
      rounds: 25,
      of: [
        { precision == .float32 ? CorePeak.fused() : CorePeak.bfloat16() },
        {
          products.multiply(
            x.view, w.view, transposingB: true, into: z.view, overwriting: true
          ) { _ in }
        },
        {
          products.multiply(
            y.view, w.view, transposingB: false, into: dx.view, overwriting: true
          ) { _ in }
        },
        { products.sum(y.view, x.view, vectors: 1, into: dw.view, overwriting: true) },
      ])
    let peak =
      (precision == .float32 ? CorePeak.fusedOperations : CorePeak.bfloat16Operations) / seconds[0]
    let operations = 2 * Double(batch * inputs * outputs)
    let roof = "\(Report.speed(peak, 1)) in registers"
    let layer = "\(precision.rawValue) \(inputs) → \(outputs)"
    let bound = precision == .bfloat16
    for (name, seconds, limit) in [
      ("forward", seconds[1], 0.85), ("input gradient", seconds[2], 0.85),
      ("weight gradient", seconds[3], bound ? 0.80 : 0.85),
    ] {
      Report.line(
        "\(layer), \(name)", Report.speed(operations, seconds),
        ratio: operations / seconds / peak, of: roof, .atLeast(limit))
    }
  }
}
