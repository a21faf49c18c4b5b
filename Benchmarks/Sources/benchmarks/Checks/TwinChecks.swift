import ClickData
import LinearAlgebra
import Models
import Training

/// Compares the code to be measured with naive implementations; no benchmark runs if they differ.
struct TwinChecks {
  private let bench: Workbench

  struct Differs: Error, CustomStringConvertible {
    let description: String
  }

  init(_ bench: Workbench) { self.bench = bench }

  func run() throws {
    try products()
    for name in ["fm_dis", "dcnv2_dis", "dcnv2_gen"] { try logits(name) }
    try updates()
    print("checked against naive implementations: products, logits, updates")
  }

  static func require(_ actual: Double, _ expected: Double, _ tolerance: Double, _ what: String)
    throws
  {
    guard abs(actual - expected) <= tolerance * max(1, abs(expected)) else {
      throw Differs(description: "\(what): found \(actual), expected \(expected)")
    }
  }

  /// Compares sampled elements of products with the models' shapes.
  private func products() throws {
    for (m, n, k, transposingA, transposingB) in [
      (4096, 500, 390, false, true), (500, 390, 4096, true, false), (4096, 390, 500, false, false),
    ] {
      let a = Matrix.filled(transposingA ? k : m, transposingA ? m : k)
      let b = Matrix.filled(transposingB ? n : k, transposingB ? k : n)
      let c = Matrix(rows: m, columns: n)
      let products = PooledProducts(pool: bench.pool)
      if transposingA {
        products.reserveSums(rows: m, columns: n, batch: k)
        products.sum(a.view, b.view, into: c.view, overwriting: true)
      } else {
        products.reserve(rows: m, columns: n, inner: k)
        products.multiply(
          a.view, b.view, transposingB: transposingB, into: c.view, overwriting: true)
      }
      for sample in 0..<64 {
        let (i, j) = (sample * 997 % m, sample * 601 % n)
        let sum = (0..<k).reduce(0.0) { sum, l in
          sum + Double(transposingA ? a[l, i] : a[i, l]) * Double(transposingB ? b[j, l] : b[l, j])
        }
        try Self.require(Double(c[i, j]), sum, 1e-3, "product \(m)×\(k)×\(n) at \(i), \(j)")
      }
    }
  }

  /// Compares the logits of the first rows, computed from the model's own parameters.
  private func logits(_ name: String) throws {
    let settings = try Workbench.configuration(name, ["model.head=linear"]).model
    let model = CTRModel(
      schema: bench.encoder.schema, settings: settings, batchCapacity: Workbench.batchSize,
      seed: 7, pool: bench.pool)
    // Initial embeddings are so small that rounding would hide their products.
    for table in model.parameters where table.touched != nil {
      for index in 0..<table.count { table.value.base[index] *= 2000 }
    }
    let batch = try bench.batches(1)[0]
    let logits = model.forward(batch)
    let naive = NaiveModel(model, settings)
    for row in 0..<8 {
      try Self.require(
        Double(logits[row, 0]), naive.logit(batch, row: row), 1e-4, "\(name), row \(row)")
    }
  }

  /// Compares a table after one step of dense Adam whose gradient is that of L2 alone.
  private func updates() throws {
    let touched = TouchedRows(tableRows: 1000, batchCapacity: 16)
    let table = Parameter(name: "table", table: touched, dimension: 10)
    for index in 0..<table.count { table.value.base[index] = Scalar(index % 97) * 0.01 - 0.5 }
    let before = (0..<table.count).map { Double(table.value.base[$0]) }
    var settings = TrainingSettings()
    settings.embeddingRegularizer = 1e-3
    let optimizer = settings.makeOptimizer(for: [table], pool: bench.pool)
    optimizer.valuesChanged()
    try optimizer.step(learningRate: 1e-2)
    optimizer.flush()
    for (index, value) in before.enumerated() {
      let gradient = 1e-3 * value
      let expected = value - 1e-2 * gradient / (abs(gradient) + 1e-8)
      try Self.require(Double(table.value.base[index]), expected, 1e-5, "update of \(index)")
    }
  }
}
