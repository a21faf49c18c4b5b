import ClickData
import LinearAlgebra
import Platform
import TestSupport
import Testing

@testable import Models

/// Terms of the loss against collapse: their values written out, their gradients against central
/// differences.
@Suite struct RegularizerTests {
  private static let rows = 24

  private func model(
    _ backbone: BackboneKind = .crossnet, dimension: Int = 2, fields: Int = 3, sets: Int = 1,
    _ change: (inout RegularizerSettings) -> Void
  ) -> CTRModel {
    var terms = RegularizerSettings()
    change(&terms)
    return CTRModel(
      schema: FieldSchema.categories([5, 7, 4].prefix(fields).map { $0 }),
      settings: .tiny(backbone) {
        $0.embeddingDimension = dimension
        $0.embeddingSets = sets
        $0.crossLayers = 2
        $0.head = .linear
      }, batchCapacity: Self.rows, seed: 3, regularizers: terms, pool: WorkerPool(threads: 2)
    ).randomized()
  }

  private func batch(_ model: CTRModel) -> EncodedBatch {
    .random(rows: Self.rows, schema: model.schema, seed: 5)
  }

  /// The penalty of a step, whose gradients are discarded.
  private func penalty(_ model: CTRModel) -> Double {
    model.step(batch(model))
    model.zeroGradients()
    return model.penalty
  }

  /// The embeddings of a field in a batch, `[rows][dimension]`.
  private func vectors(_ model: CTRModel, field: Int, prefix: String = "") throws -> [[Double]] {
    let table = try #require(model.parameter("\(prefix)embedding.C\(field).weight"))
    let batch = batch(model)
    return (0..<Self.rows).map { row in
      (0..<table.value.columns).map { Double(table.value[Int(batch.ids(field)[row]), $0]) }
    }
  }

  private func product(_ x: [[Double]], _ y: [[Double]]) -> [[Double]] {
    x[0].indices.map { i in
      y[0].indices.map { j in zip(x, y).reduce(0) { $0 + $1.0[i] * $1.1[j] } }
    }
  }

  private let tolerance =
    MemoryLayout<Scalar>.size == 8
    ? Tolerance(absolute: 1e-9, relative: 1e-9) : Tolerance(absolute: 1e-4, relative: 1e-3)

  @Test func singularValueVarianceEqualsItsFormulaInTwoDimensions() throws {
    let model = model { $0.singularValueVariance = 0.3 }
    var expected = 0.0
    for field in 0..<3 {
      let x = try vectors(model, field: field)
      let c = product(x, x)
      let (half, rest) = ((c[0][0] + c[1][1]) / 2, (c[0][0] - c[1][1]) / 2)
      let root = (rest * rest + c[0][1] * c[1][0]).squareRoot()
      let s = [(half + root).squareRoot(), max(half - root, 0).squareRoot()]
      let mean = (s[0] + s[1]) / 2
      expected += 0.3 / 3 * s.reduce(0) { $0 + ($1 / mean - 1) * ($1 / mean - 1) }
    }
    expectClose([penalty(model)], [expected], tolerance)
  }

  @Test func decorrelationEqualsItsFormula() throws {
    let model = model { $0.decorrelation = 0.3 }
    let x = try (0..<3).map { try vectors(model, field: $0) }
    let columns = (0..<6).map { column in
      (0..<Self.rows).map { x[column / 2][$0][column % 2] }
    }
    let count = Double(Self.rows)
    let scores = columns.map { column in
      let mean = column.reduce(0, +) / count
      let variance = column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
      return column.map { ($0 - mean) / variance.squareRoot() }
    }
    var expected = 0.0
    for k in 0..<6 {
      for l in 0..<6 where l != k {
        let r = zip(scores[k], scores[l]).reduce(0) { $0 + $1.0 * $1.1 } / (count - 1)
        expected += 0.3 / 6 * r * r
      }
    }
    expectClose([penalty(model)], [expected], tolerance)
  }

  /// With one field the mean over fields is that field's, and the sum of squared singular values is
  /// the Frobenius norm's square.
  @Test func spaceSimilarityOfOneFieldIsTheNormOfTheProduct() throws {
    let model = model(fields: 1, sets: 2) { $0.spaceSimilarity = 0.3 }
    let c = product(
      try vectors(model, field: 0, prefix: "set.1."), try vectors(model, field: 0))
    let expected = 0.3 * c.joined().reduce(0) { $0 + $1 * $1 } / 2
    expectClose([penalty(model)], [expected], tolerance)
  }

  @Test func termsOfCrossWeightsEqualTheirFormulas() throws {
    let orthogonal = model { $0.blockOrthogonality = 0.3 }
    var expected = 0.0
    for layer in 0..<2 {
      let w = try #require(orthogonal.parameter("cross.\(layer).weight")).value
      for (i, j) in (0..<3).flatMap({ i in (0..<3).map { (i, $0) } }) {
        for (a, b) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
          let entry = (0..<2).reduce(a == b ? 1.0 : 0) {
            $0 - Double(w[2 * i + a, 2 * j + $1]) * Double(w[2 * i + b, 2 * j + $1])
          }
          expected += 0.3 * entry * entry
        }
      }
    }
    expectClose([penalty(orthogonal)], [expected], tolerance)

    let aligned = model(sets: 2) { $0.normAlignment = 0.3 }
    expected = 0
    for layer in 0..<2 {
      let sets = try ["", "set.1."].map {
        try #require(aligned.parameter("\($0)cross.\(layer).weight")).value
      }
      for (i, j) in (0..<3).flatMap({ i in (0..<3).map { (i, $0) } }) {
        let norms = sets.map { w in
          (0..<4).reduce(0) { sum, k in
            let value = Double(w[2 * i + k / 2, 2 * j + k % 2])
            return sum + value * value
          }
        }
        let distance = (norms[0] - norms[1]) / 2
        expected += 0.3 / 18 * distance * distance
      }
    }
    expectClose([penalty(aligned)], [expected], tolerance)
  }

  private static let terms: [@Sendable (inout RegularizerSettings) -> Void] = [
    { $0.singularValueVariance = 0.7 }, { $0.decorrelation = 0.7 }, { $0.spaceSimilarity = 0.02 },
    { $0.blockOrthogonality = 0.05 }, { $0.normAlignment = 0.7 },
  ]

  @Test(arguments: terms.indices)
  func gradientsEqualCentralDifferences(term: Int) {
    // In float the terms are too curved for the step.
    guard MemoryLayout<Scalar>.size == 8 else { return }
    let model = model(dimension: 3, sets: 2, Self.terms[term])
    let (batch, gradient) = (batch(model), Matrix(rows: Self.rows, columns: 1))
    func loss() -> Double {
      let loss = BinaryCrossEntropy.forward(
        logits: model.forward(batch, .training(step: 1)), labels: batch.labels,
        gradient: gradient.view)
      model.backward(gradient.view)
      return loss + model.penalty
    }
    _ = loss()
    #expect(model.penalty > 0)
    let gradients = model.parameters.map(\.fullGradient)
    for (parameter, analytic) in zip(model.parameters, gradients) {
      GradientCheck.check(
        "term \(term): \(parameter.name)", base: parameter.value.base, count: parameter.count,
        gradient: analytic
      ) {
        model.zeroGradients()
        return loss()
      }
    }
  }

  /// FM's whole-table path writes no embeddings; a term that reads them selects the other one.
  @Test func theFactorisationMachineHasTermsOfItsEmbeddings() {
    let model = model(.fm, dimension: 3) { $0.decorrelation = 0.3 }
    #expect(penalty(model) > 0)
  }
}
