import ClickData
import LinearAlgebra
import Platform
import TestSupport
import Testing

@testable import Models

/// What targets draw, and what they are made of.
@Suite struct TargetTests {
  private static let fields = 7

  private func builder(
    _ kind: TargetKind, count: Int, batch: Int = 70, threads: Int = 2
  ) -> ModelBuilder {
    .test(batch: batch, fields: Self.fields, dimension: 3, threads: threads) {
      $0.target = kind
      $0.targetFields = count
    }
  }

  private func choice(_ kind: TargetKind, count: Int) throws -> DrawnFields {
    let builder = builder(kind, count: count)
    let make = try #require(builder.fieldChoice())
    return make(builder.context.scoped("a"))
  }

  private func draw(_ name: String, seed: UInt64 = 5) -> FieldDraw {
    FieldDraw(LayerContext.test(batch: 1, seed: seed).scoped(name), fields: Self.fields)
  }

  private func drawn(_ name: String, step: Int, seed: UInt64 = 5) -> [Int] {
    let draw = draw(name, seed: seed)
    draw.draw(step: step)
    return draw.order
  }

  @Test func aDrawIsAPermutationThatDependsOnSeedNameAndStepAlone() {
    for step in 1...50 {
      #expect(drawn("cross.0.target", step: step).sorted() == Array(0..<Self.fields))
    }
    #expect(drawn("a", step: 3) == drawn("a", step: 3))
    #expect(drawn("a", step: 3) != drawn("a", step: 4))
    #expect(drawn("a", step: 3) != drawn("b", step: 3))
    #expect(drawn("a", step: 3) != drawn("a", step: 3, seed: 6))
  }

  @Test func whatWasDrawnBeforeShiftsNoDraw() {
    let draw = draw("a")
    for step in [9, 2, 5] { draw.draw(step: step) }
    #expect(draw.order == drawn("a", step: 5))
  }

  @Test func everyFieldStandsInEveryPlaceAboutAsOften() {
    let draw = draw("a")
    var counts = [[Int]](
      repeating: [Int](repeating: 0, count: Self.fields), count: Self.fields)
    for step in 1...7000 {
      draw.draw(step: step)
      for (place, field) in draw.order.enumerated() { counts[place][field] += 1 }
    }
    // 1000 expected, standard deviation 29.
    #expect(counts.joined().allSatisfy { (850...1150).contains($0) })
  }

  @Test func evaluationPredictsTheFieldsOfHighestCardinality() throws {
    // Tables of 3, -, 7, 9, 11, 13 and 15 rows; field 1 is a number.
    for (count, largest) in [(1, [6]), (3, [4, 5, 6]), (7, Array(0..<7)), (20, Array(0..<7))] {
      let random = try choice(.random, count: count)
      random.choose(.training(step: 1))
      random.choose(.evaluation)
      #expect(random.fields == largest)
    }
    for (count, largest) in [(1, [0, 2, 3, 4, 5, 6]), (5, [5, 6]), (6, [6]), (20, [6])] {
      let left = try choice(.hardMasked, count: count)
      left.choose(.training(step: 1))
      left.choose(.evaluation)
      #expect(left.fields == largest)
    }
  }

  @Test func aHardMaskLeavesTheFieldsThatRandomWouldHavePassedOver() throws {
    for step in 1...20 {
      let taken = try choice(.random, count: 2)
      let left = try choice(.hardMasked, count: 2)
      taken.choose(.training(step: step))
      left.choose(.training(step: step))
      #expect(taken.fields.count == 2 && left.fields.count == 5)
      #expect(Set(taken.fields + left.fields).count == Self.fields)
    }
  }

  /// `v + m` in drawn fields, `v` in the others, in training; `v` itself in evaluation.
  @Test(arguments: [TargetKind.masked, .fieldMasked])
  func aMaskAddsItsVectorToTheDrawnFieldsInTrainingAlone(kind: TargetKind) throws {
    let builder = builder(kind, count: 3)
    let mask = try #require(builder.targetMask())
    let vectors = builder.context.parameters[0]
    #expect(vectors.name == "mask.weight")
    #expect(vectors.shape == [kind == .masked ? 1 : Self.fields, 3])
    vectors.randomize(seed: 4, deviation: 1)
    let input = Matrix.random(70, 21, seed: 1)
    let tensor = FieldInput(FieldTensor(input.view, fields: Self.fields))
    let masked = Array(drawn("mask", step: 2)[..<3])
    let output = withExtendedLifetime((mask, input)) {
      mask.forward(tensor, .training(step: 2)).tensor.flattened.doubles
    }
    let expected = input.view.doubles.enumerated().map { index, value in
      let (field, element) = (index % 21 / 3, index % 3)
      guard masked.contains(field) else { return value }
      return value + Double(vectors.value[kind == .masked ? 0 : field, element])
    }
    expectClose(output, expected, .rounding)
    #expect(mask.forward(tensor, .evaluation).tensor.base == tensor.tensor.base)
  }

  @Test(arguments: [TargetKind.masked, .fieldMasked])
  func aMasksGradientIsThatOfTheDrawnFieldsOnAnyNumberOfThreads(kind: TargetKind) throws {
    func numbers(_ threads: Int) throws -> [Scalar] {
      let builder = builder(kind, count: 3, batch: 300, threads: threads)
      let mask = try #require(builder.targetMask())
      let (input, sum) = (Matrix.random(300, 21, seed: 1), Matrix.random(300, 21, seed: 2))
      let gradient = Matrix.random(300, 21, seed: 3)
      let before = sum.view.doubles
      return withExtendedLifetime((mask, input, sum, gradient)) {
        _ = mask.forward(
          FieldInput(FieldTensor(input.view, fields: Self.fields)), .training(step: 2))
        let total = FieldTensor(sum.view, fields: Self.fields)
        let place = mask.outputGradient(within: FieldGradient(total)).tensor
        #expect(place.flattened.elements.allSatisfy { $0 == 0 })
        place.flattened.add(gradient.view)
        mask.backward(addingTo: FieldGradient(total))
        expectClose(
          total.flattened.doubles,
          zip(before, gradient.view.doubles).map { $0 + $1 },
          .rounding)
        return total.flattened.elements + builder.context.parameters[0].gradient.view.elements
      }
    }
    let one = try numbers(1)
    #expect(try numbers(3) == one)
    let masked = drawn("mask", step: 2)[..<3]
    let matrix = Matrix.random(300, 21, seed: 3)
    let gradient = withExtendedLifetime(matrix) { matrix.view.doubles }
    let byField = (0..<21).map { column in
      masked.contains(column / 3) ? (0..<300).reduce(0) { $0 + gradient[$1 * 21 + column] } : 0
    }
    let expected =
      kind == .fieldMasked
      ? byField : (0..<3).map { k in (0..<7).reduce(0) { $0 + byField[$1 * 3 + k] } }
    expectClose(one.suffix(expected.count).map { Double($0) }, expected, .gradient)
  }
}
