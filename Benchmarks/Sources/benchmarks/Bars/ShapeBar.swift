import LinearAlgebra

/// The products of a step, each measured with the model's kernel and with sgemm.
struct ShapeBar: Bar {
  let name = "shapes"
  let title = "Individual products, against sgemm on the same threads"

  func measure(_ bench: Workbench) throws {
    let batch = Workbench.batchSize
    for (inputs, outputs) in [
      (390, 390), (390, 500), (500, 500), (390, 400), (400, 400), (1780, 1780), (400, 1),
    ] {
      let (x, w, y) = (
        Matrix.filled(batch, inputs), Matrix.filled(outputs, inputs),
        Matrix(rows: batch, columns: outputs)
      )
      let shape = "\(inputs) → \(outputs)"
      try measure(bench, "\(shape), forward", (batch, outputs, inputs), (x, false), (w, true), y)
      let gradient = Matrix.filled(batch, outputs)
      try measure(
        bench, "\(shape), weight gradient", (outputs, inputs, batch), (gradient, true), (x, false),
        Matrix(rows: outputs, columns: inputs))
      try measure(
        bench, "\(shape), input gradient", (batch, inputs, outputs), (gradient, false),
        (w, false), Matrix(rows: batch, columns: inputs))
    }
  }

  private func measure(
    _ bench: Workbench, _ name: String, _ sizes: (m: Int, n: Int, k: Int),
    _ a: (matrix: Matrix, transposed: Bool), _ b: (matrix: Matrix, transposed: Bool), _ c: Matrix
  ) throws {
    let products = PooledProducts(pool: bench.pool)
    if a.transposed {
      products.reserveSums(rows: sizes.m, columns: sizes.n, batch: sizes.k)
    } else {
      products.reserve(rows: sizes.m, columns: sizes.n, inner: sizes.k)
    }
    products.allocate()
    let seconds = try bestSeconds(of: [
      {
        if a.transposed {
          products.sum(a.matrix.view, b.matrix.view, into: c.view, overwriting: true)
        } else {
          products.multiply(
            a.matrix.view, b.matrix.view, transposingB: b.transposed, into: c.view,
            overwriting: true)
        }
      },
      {
        ParallelSgemm.multiply(
          sizes.m, sizes.n, sizes.k, a.matrix, a.transposed ? .transposed : .plain, b.matrix,
          b.transposed ? .transposed : .plain, c, bench.pool)
      },
    ])
    let operations = 2 * Double(sizes.m * sizes.n * sizes.k)
    Report.line(
      name, Report.speed(operations, seconds[0]), ratio: seconds[1] / seconds[0],
      of: "sgemm, \(Report.sgemm(operations, seconds[1], bench))")
  }
}
