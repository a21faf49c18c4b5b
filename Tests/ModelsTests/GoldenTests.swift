import ClickData
import LinearAlgebra
import Models
import TestSupport
import Testing

/// Every model against PyTorch's, number by number.
@Suite struct GoldenTests {
  static let paradigms: [(BackboneKind, Paradigm)] = BackboneKind.allCases.flatMap { kind in
    Paradigm.allCases.filter { $0 == .discriminative || kind.hasSource }.map { (kind, $0) }
  }

  @Test(arguments: paradigms)
  func everyBackboneAndParadigmHasAGoldenCase(backbone: BackboneKind, paradigm: Paradigm) {
    #expect(GoldenCase.names.contains("\(backbone.rawValue)-\(paradigm.rawValue)"))
  }

  @Test(arguments: GoldenCase.names)
  func logitsLossAndGradientsEqualPyTorchs(name: String) throws {
    guard let golden = try GoldenCase(name) else { return }
    let model = try golden.model()
    let batch = try golden.batch(0)
    let logits = model.forward(batch, .training(step: 1))
    let gradient = Matrix(rows: batch.rows, columns: 1)
    let loss = BinaryCrossEntropy.forward(
      logits: logits, labels: batch.labels, gradient: gradient.view)
    expectClose(
      logits.doubles, try golden.tensors.doubles("logits"), .goldenValue, "\(name): logits")
    expectClose([loss], try golden.tensors.doubles("loss"), .goldenValue, "\(name): loss")
    model.backward(gradient.view)
    let expected = try model.parameters.map { try golden.tensors.doubles("gradient.\($0.name)") }
    // What cancels to nothing, as a bias before batch normalisation, is measured against the largest of all.
    let largest = expected.joined().reduce(0) { max($0, abs($1)) }
    for (parameter, expected) in zip(model.parameters, expected) {
      let actual = (0..<parameter.value.rows).flatMap { row in
        (0..<parameter.value.columns).map { Double(parameter.gradient(row: row, column: $0)) }
      }
      expectClose(
        actual, expected, .goldenGradient(largest: largest), "\(name): \(parameter.name)")
    }
  }
}
