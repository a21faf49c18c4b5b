import ClickData
import LinearAlgebra
import Platform

/// The whole factorisation machine on raw embeddings, straight from the tables: `logit += b + Σᵢ
/// xᵢ·wᵢ[idᵢ] + Σ_{i<j} ⟨vᵢ, vⱼ⟩`, `vᵢ = xᵢ·Eᵢ[idᵢ]` (Rendle, 2010; Yin et al., 2025).
///
/// Backward, over the rows b that look up r: `∂wᵢ[r] = Σ_b g·x` and
/// `∂Eᵢ[r] = Σ_b g·x·(S − vᵢ) = Σ_b g·x·S − (Σ_b g·x²)·Eᵢ[r]`, `S = Σⱼ vⱼ`. So neither embeddings
/// nor their gradients are written side by side: a step reads and writes `S`, `[batch, dimension]`,
/// and the rows touched. It is `FM` on a raw source beside `FirstOrderTerm`, for fields of one
/// value: where x is 1, the last sum is a weight's gradient too.
final class FieldwiseFM: Interaction {
  let operations: Int
  private let layer: EmbeddingLayer
  private let firstOrder: FirstOrderTerm
  /// `S`, and behind it the sum of the weights that are stored behind vectors.
  private let sums: Matrix
  private let products: Matrix
  /// Where the vectors of the last forward's fields are read.
  private var fields: [FieldwiseFMKernel.Field] = []
  /// `Σ_b g·x²` per row of the compact gradient, field by field.
  private let squares: [Matrix]
  private let tables: FieldTables
  private let pool: WorkerPool
  private var lookedUp: (batch: EncodedBatch, pass: Pass)?
  /// The same formula on embeddings written side by side, for an analysis.
  private let makeEmbedded: () -> EmbeddedInteraction
  private lazy var embedded = makeEmbedded()

  /// `rowByRow` is the backbone that it computes together with the first-order term.
  init(
    _ layer: EmbeddingLayer, _ firstOrder: FirstOrderTerm, _ rowByRow: Backbone,
    _ builder: ModelBuilder
  ) {
    self.layer = layer
    self.firstOrder = firstOrder
    operations = rowByRow.operations
    let (batch, dimension) = (builder.context.batchCapacity, builder.shape.dimension)
    // Behind a vector shorter than a cache line there may be its weight.
    let length = dimension < TableStorage.lineElements ? dimension + 1 : dimension
    let stride = TableStorage.gatheredStride(dimension: length)
    sums = Matrix(rows: batch, columns: length, stride: stride)
    products = Matrix(rows: batch, columns: dimension, stride: stride)
    squares = builder.fields.touchedRows.map { Matrix(rows: $0.gradientRows, columns: 1) }
    tables = builder.fields
    pool = builder.context.pool
    makeEmbedded = { EmbeddedInteraction(layer, nil, rowByRow, builder) }
  }

  func embed(_ batch: EncodedBatch, _ pass: Pass) -> FieldInput? {
    lookedUp = (batch, pass)
    return nil
  }

  func forward(_ pass: Pass, addingTo logits: MatrixView) {
    guard let batch = lookedUp?.batch else {
      preconditionFailure("FieldwiseFM: forward before embed")
    }
    let width = lookUp(batch, pass)
    let (sums, products) = (sums.view, products.view)
    let weightSums = sums.columns(products.columns..<min(width, sums.columns))
    pool.tiles(of: batch.rows, size: 128) { rows in
      fields.withUnsafeBufferPointer {
        FieldwiseFMKernel.sum($0, rows: rows, sums: sums, products: products)
      }
      FieldwiseFMKernel.addSums(of: weightSums, rows: rows, to: logits)
      firstOrder.add(rows, to: logits)
      FieldwiseFMKernel.addSums(of: products, rows: rows, to: logits)
    }
  }

  /// Finds where the fields' vectors are read, each with its weight if that is stored right behind
  /// it; returns their elements.
  ///
  /// In an evaluation it may be, and both are summed as one. Otherwise only zeros follow a vector,
  /// if anything; all tables are stored alike.
  private func lookUp(_ batch: EncodedBatch, _ pass: Pass) -> Int {
    fields.removeAll(keepingCapacity: true)
    var joined: TableLookup?
    for (field, (table, weights)) in zip(layer.tables, firstOrder.weights).enumerated() {
      joined = table.lookup(batch.ids(field), with: weights, pass)
      fields.append(
        .init(
          joined ?? table.lookup(batch.ids(field), at: tables.firstLookup(field), pass),
          scale: batch.values(field)))
    }
    if joined == nil { firstOrder.lookUp(batch, pass) } else { firstOrder.lookUpNothing() }
    return fields.first?.width ?? products.columns
  }

  func graph(
    _ fields: [GraphField], _ graph: GraphBuilder
  ) -> (embeddings: GraphVectors, logit: GraphValue) {
    let (embeddings, pairs) = embedded.graph(fields, graph)
    return (embeddings, graph.add([firstOrder.graph(fields, embeddings, graph), pairs]))
  }

  func beginBackward() -> FieldGradient? { nil }

  func backward(_ logitGradient: MatrixView) {
    guard let batch = lookedUp?.batch else {
      preconditionFailure("FieldwiseFM: backward before embed")
    }
    pool.run(layer.tables.count) { field in
      let (vectors, weights) = (layer.tables[field], firstOrder.weights[field])
      guard let touched = vectors.touched else { return }
      FieldwiseFMKernel.addGradients(
        logitGradient, sums: sums.view.wholeRows,
        to: .init(
          places: touched.places + tables.firstLookup(field), scale: batch.values(field),
          vectors: vectors.touchedValues.view.rows(0..<touched.count).wholeRows,
          further: touched.furtherRows, vectorGradient: vectors.gradient.view.wholeRows,
          weightGradient: weights.gradient.view, squares: squares[field].view))
    }
    firstOrder.addBiasGradient(logitGradient)
  }

  func vectors(ofSet _: Int) -> FieldTensor {
    preconditionFailure("FieldwiseFM: embeddings are not written side by side")
  }

  func vectorGradients(ofSet set: Int) -> FieldTensor { vectors(ofSet: set) }

  func matrix(at point: ProbePoint) -> MatrixView? {
    guard let lookedUp else { return nil }
    _ = embedded.embed(lookedUp.batch, lookedUp.pass)
    let unused = Matrix(rows: lookedUp.batch.rows, columns: 1)
    withExtendedLifetime(unused) { embedded.forward(lookedUp.pass, addingTo: unused.view) }
    return embedded.matrix(at: point)
  }
}
