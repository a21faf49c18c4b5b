import ClickData
import LinearAlgebra
import Platform
import TestSupport
import Testing

@testable import Models

@Suite struct InitialWeightTests {
  private func model(seed: UInt64, threads: Int = 2) -> CTRModel {
    let schema = [
      FieldSchema(name: "a", kind: .category, rows: 40_000),
      FieldSchema(name: "b", kind: .value, rows: 2),
      FieldSchema(name: "c", kind: .category, rows: 10),
    ]
    return .tiny(.fm, .generative, schema: schema, capacity: 4, seed: seed, threads: threads) {
      $0.embeddingDimension = 10
    }
  }

  private func weights(_ model: CTRModel) -> [[Scalar]] {
    model.parameters.map { $0.value.view.elements }
  }

  @Test func sameSeedSameWeightsOnAnyNumberOfThreads() {
    #expect(weights(model(seed: 1, threads: 1)) == weights(model(seed: 1, threads: 3)))
  }

  @Test func anotherSeedOtherWeights() {
    for (one, other) in zip(model(seed: 1).parameters, model(seed: 2).parameters)
    where one.regularization != .network || one.shape.count == 2 {
      #expect(one.value.view.elements != other.value.view.elements, "\(one.name)")
    }
  }

  /// Whatever the layout: an odd number of columns, and rows with history between them.
  @Test func everyWeightDependsOnItsPositionAlone() {
    let initializer = Initializer(.drawn(seed: 3), pool: WorkerPool(threads: 2))
    let touched = TouchedRows(tableRows: 4001, batchCapacity: 2)
    for parameter in [
      Parameter(name: "a", shape: [3, 7], regularization: .network),
      Parameter(name: "b", shape: [5], regularization: .network),
      Parameter(name: "c", table: touched, dimension: 5, history: 3),
    ] {
      initializer.normal(parameter, deviation: 0.3)
      let random = initializer.random(for: parameter.name)
      let expected = (0..<parameter.count).map { Scalar(0.3 * random.normal(UInt64($0))) }
      #expect(parameter.value.view.elements == expected, "\(parameter.name)")
      #expect(parameter.storage?.history?.elements.allSatisfy { $0 == 0 } ?? true)
    }
  }

  /// The deviation of 400,000 draws is within 1 % of the normal's: its own deviation is 0.11 %.
  @Test func deviationsAreThoseOfTheReference() throws {
    func deviation(_ name: String) throws -> Double {
      let parameter = try #require(model(seed: 9).parameter(name))
      let values = parameter.value.view.doubles
      return (values.reduce(0) { $0 + $1 * $1 } / Double(values.count)).squareRoot()
    }
    expectClose(
      try deviation("embedding.a.weight"), 1e-4, Tolerance(absolute: 0, relative: 0.01))
    // sqrt(2 / (30 + 30)) over 900 draws: five deviations are 12 %.
    expectClose(
      try deviation("encoder.weight"), (1.0 / 30).squareRoot(),
      Tolerance(absolute: 0, relative: 0.12))
    #expect(try deviation("embedding.b.weight") > 0.1)
    #expect(try deviation("first_order.bias") == 0)
  }
}
