import ClickData
import Glibc
import LinearAlgebra
import Platform
import TestSupport
import Testing

@testable import Models

/// Every encoder on its own.
@Suite struct EncoderTests {
  /// Every encoder that the settings can select.
  static let choices: [EncoderChoice] =
    EncoderSource.allCases.map { EncoderChoice(kind: .fieldWise, source: $0) }
    + EncoderKind.allCases.dropFirst().map { EncoderChoice(kind: $0, source: .all) }
  private static let batches = [1, 2, 7, 64]
  private static let shapes = [(1, 1), (2, 3), (5, 8), (5, 17)]

  private func builder(
    _ choice: EncoderChoice, batch: Int, fields: Int, dimension: Int, threads: Int = 2,
    residual: Bool = false
  ) -> ModelBuilder {
    .test(batch: batch, fields: fields, dimension: dimension, threads: threads) {
      choice.apply(to: &$0.encoder)
      $0.encoder.residual = residual
    }
  }

  private func encoder(
    _ builder: ModelBuilder, generating fields: Range<Int>? = nil
  ) -> FieldEncoder {
    let encoder = builder.encoder(
      builder.context.scoped("encoder"), generating: fields ?? 0..<builder.shape.fields)
    builder.context.allocate()
    builder.context.randomize(deviation: 0.4)
    return encoder
  }

  /// The definition, row by row, in evaluation.
  private func expected(
    _ choice: EncoderChoice, _ builder: ModelBuilder, row x: [Double], residual: Bool
  ) -> [Double] {
    let naive = NaiveEncoders(
      fields: builder.shape.fields, dimension: builder.shape.dimension)
    let w = builder.context.parameters.map { $0.value.view.doubles }
    let activation = builder.settings.encoder.activation
    func generated(_ z: [Double]) -> [Double] {
      z.map { 0.7 * (activation == .tanh ? tanh($0) : $0) }
    }
    func sum(_ g: [Double]) -> [Double] { residual ? zip(g, x).map { $0 + $1 } : g }
    switch choice.kind {
    case .fieldShared:
      let shared = naive.linear(x, w[0])
      return sum(generated((0..<naive.fields).flatMap { _ in shared }))
    case .stacked:
      let scale = 1 / (1 + 1e-5).squareRoot()
      let hidden = naive.linear(x, w[0]).enumerated().map {
        max(0, $1 * scale * w[1][$0] + w[2][$0])
      }
      return sum(generated(naive.linear(hidden, w[3])))
    case .lowRank:
      return sum(generated(naive.linear(naive.linear(x, w[0]).map(tanh), w[1])))
    case .selfAttention:
      return sum(
        generated(
          naive.attention(
            x, query: w[0], key: w[1], value: w[2], weight: w[3], bias: w[4])))
    case .fieldWise: break
    }
    switch choice.source {
    case .all: return sum(generated(naive.linear(x, w[0])))
    case .own: return sum(generated(naive.own(x, w[0])))
    case .highCardinality, .lowCardinality:
      var output = x
      let made = generated(naive.linear(x, w[0]))
      let fields = FieldRanking(builder.schema).generated(by: builder.settings.encoder)
      for (place, field) in fields.enumerated() {
        for k in 0..<naive.dimension {
          let column = field * naive.dimension + k
          output[column] = made[place * naive.dimension + k] + (residual ? x[column] : 0)
        }
      }
      return output
    }
  }

  @Test(arguments: choices, [false, true])
  func theOutputEqualsTheFormulaWrittenOut(choice: EncoderChoice, residual: Bool) {
    for batch in Self.batches {
      for (fields, dimension) in choice.kind == .selfAttention ? [(1, 4), (5, 8)] : Self.shapes {
        let builder = builder(
          choice, batch: batch, fields: fields, dimension: dimension, residual: residual)
        let encoder = encoder(builder)
        let input = Matrix.random(batch, builder.shape.width, seed: 3)
        let actual = encoder.forward(
          FieldInput(FieldTensor(input.view, fields: fields)), .evaluation)
        let rows = (0..<batch).flatMap { row in
          expected(
            choice, builder, row: input.view.rows(row..<row + 1).doubles,
            residual: residual)
        }
        let tolerance =
          MemoryLayout<Scalar>.size == 8
          ? Tolerance(absolute: 1e-11, relative: 1e-11) : Tolerance(absolute: 1e-4, relative: 1e-4)
        expectClose(
          actual.flattened.doubles, rows, tolerance, "\(choice) \(batch) \(fields) \(dimension)")
        withExtendedLifetime((encoder, input)) {}
      }
    }
  }

  /// An encoder of some fields generates what one of all fields does for these, forward and
  /// backward, and multiplies no weight of the others; the shapes of its weights are the same.
  @Test(arguments: choices, [false, true])
  func fieldsThatNothingReadsAreNotGenerated(choice: EncoderChoice, residual: Bool) {
    let (batch, fields, dimension) = (7, 5, 4)
    for range in [0..<4, 1..<5] {
      let all = builder(
        choice, batch: batch, fields: fields, dimension: dimension, residual: residual)
      let some = builder(
        choice, batch: batch, fields: fields, dimension: dimension, residual: residual)
      let whole = encoder(all)
      let part = encoder(some, generating: range)
      #expect(all.context.parameters.map(\.shape) == some.context.parameters.map(\.shape))
      let input = Matrix.random(batch, all.shape.width, seed: 3)
      let gradient = Matrix.random(batch, all.shape.width, seed: 4)
      let columns = all.shape.columns(of: range)
      for column in 0..<all.shape.width where !columns.contains(column) {
        gradient.view.columns(column..<column + 1).fill(0)
      }
      func results(_ encoder: FieldEncoder, _ builder: ModelBuilder) -> [[Double]] {
        let output = encoder.forward(
          FieldInput(FieldTensor(input.view, fields: fields)), .training(step: 1))
        let isWhole = output.fields == fields
        #expect(isWhole == (choice.kind == .selfAttention || encoder === whole))
        let read = isWhole ? output.flattened.columns(columns) : output.flattened
        let outputs = read.doubles
        let outputGradient = Matrix(rows: batch, columns: output.width)
        outputGradient.view.copy(from: isWhole ? gradient.view : gradient.view.columns(columns))
        let inputGradient = Matrix(rows: batch, columns: builder.shape.width)
        encoder.backward(
          FieldTensor(outputGradient.view, fields: output.fields),
          addingTo: FieldGradient(FieldTensor(inputGradient.view, fields: fields)))
        return [outputs, inputGradient.view.doubles]
          + builder.context.parameters.map { $0.gradient.view.doubles }
      }
      for (expected, actual) in zip(results(whole, all), results(part, some)) {
        expectClose(actual, expected, .rounding, "\(choice) \(range)")
      }
      let multiplied = { (builder: ModelBuilder) in
        builder.context.parameters.map(\.multipliedRows.count).reduce(0, +)
      }
      let isCut = ![.selfAttention, .fieldShared].contains(choice.kind)
      if choice.source == .all || choice.source == .own {
        #expect((multiplied(some) < multiplied(all)) == isCut)
      }
      withExtendedLifetime((whole, part, input, gradient)) {}
    }
  }

  @Test(arguments: choices, [false, true])
  func gradientsEqualCentralDifferences(choice: EncoderChoice, residual: Bool) {
    // In float the step is long enough to cross the kinks of their ReLU.
    let hasKinks = choice.kind == .stacked || choice.kind == .selfAttention
    guard MemoryLayout<Scalar>.size == 8 || !hasKinks else { return }
    let (batch, fields, dimension) = (7, 5, 4)
    let builder = builder(
      choice, batch: batch, fields: fields, dimension: dimension, residual: residual)
    let encoder = encoder(builder)
    let input = Matrix.random(batch, builder.shape.width, seed: 3)
    let weights = Matrix.random(batch, builder.shape.width, seed: 4)
    let inputGradient = Matrix(rows: batch, columns: builder.shape.width)
    func loss() -> Double {
      let output = encoder.forward(
        FieldInput(FieldTensor(input.view, fields: fields)), .training(step: 1))
      return VectorKernels.dot(output.base, weights.base, count: weights.count)
    }
    _ = loss()
    encoder.backward(
      FieldTensor(weights.view, fields: fields),
      addingTo: FieldGradient(FieldTensor(inputGradient.view, fields: fields)))
    GradientCheck.check(
      "\(choice): input", base: input.base, count: input.count,
      gradient: inputGradient.view.doubles, loss: loss)
    for parameter in builder.context.parameters {
      let gradient = parameter.gradient.view.doubles
      #expect(gradient.contains { $0 != 0 }, "\(parameter.name)")
      GradientCheck.check(
        "\(choice): \(parameter.name)", base: parameter.value.base, count: parameter.count,
        gradient: gradient, loss: loss)
    }
  }

  @Test(arguments: choices)
  func bitsDoNotDependOnTheNumberOfThreads(choice: EncoderChoice) {
    func numbers(_ threads: Int) -> [Scalar] {
      let (batch, fields) = (150, 5)
      let builder = builder(
        choice, batch: batch, fields: fields, dimension: 4, threads: threads, residual: true)
      let encoder = encoder(builder)
      let input = Matrix.random(batch, builder.shape.width, seed: 3)
      let gradient = Matrix.random(batch, builder.shape.width, seed: 4)
      let inputGradient = Matrix(rows: batch, columns: builder.shape.width)
      let output = encoder.forward(
        FieldInput(FieldTensor(input.view, fields: fields)), .training(step: 2)
      ).flattened.elements
      encoder.backward(
        FieldTensor(gradient.view, fields: fields),
        addingTo: FieldGradient(FieldTensor(inputGradient.view, fields: fields)))
      withExtendedLifetime((input, gradient)) {}
      return output + inputGradient.view.elements
        + builder.context.parameters.flatMap { $0.gradient.view.elements }
    }
    let one = numbers(1)
    #expect(one.allSatisfy { $0.isFinite })
    #expect(numbers(2) == one)
    #expect(numbers(3) == one)
  }

  @Test func aNumberCountsAsTheSmallestTable() {
    func fields(_ source: EncoderSource, _ count: Int) -> [Int] {
      var encoder = EncoderSettings()
      encoder.source = source
      encoder.sourceFields = count
      return FieldRanking(FieldSchema.mixed(fields: 5)).generated(by: encoder)
    }
    // Tables of 3, -, 7, 9 and 11 rows; field 1 is a number.
    #expect(fields(.highCardinality, 2) == [3, 4])
    #expect(fields(.highCardinality, 4) == [0, 2, 3, 4])
    #expect(fields(.lowCardinality, 1) == [1])
    #expect(fields(.lowCardinality, 3) == [0, 1, 2])
    #expect(fields(.highCardinality, 10) == [0, 1, 2, 3, 4])
  }

  @Test func cardinalityIsThatOfTheTrainingRowsWhereAScanCountedIt() {
    func ranked(_ distinct: [Int?]) -> [Int] {
      let schema = zip(FieldSchema.mixed(fields: 5), distinct).map {
        field, distinct -> FieldSchema in
        var field = field
        field.distinct = distinct
        return field
      }
      return FieldRanking(schema).fields
    }
    // Tables of 3, -, 7, 9 and 11 rows; field 1 is a number, however many there were.
    #expect(ranked([nil, nil, nil, nil, nil]) == [4, 3, 2, 0, 1])
    #expect(ranked([2, 900, 5, 1, 5]) == [2, 4, 0, 3, 1])
  }

  /// A rate of zero, and evaluation, keep the weights; training drops some, the same forward and
  /// backward.
  @Test func attentionDropsInTrainingAlone() {
    func output(_ rate: Double, _ pass: Pass) -> [Double] {
      let builder = ModelBuilder.test(batch: 7, fields: 5, dimension: 8) {
        $0.encoder.kind = .selfAttention
        $0.encoder.attentionDropout = rate
      }
      let encoder = encoder(builder)
      let input = Matrix.random(7, 40, seed: 3)
      return withExtendedLifetime((encoder, input)) {
        encoder.forward(FieldInput(FieldTensor(input.view, fields: 5)), pass).flattened.doubles
      }
    }
    let kept = output(0, .training(step: 1))
    #expect(output(0.5, .evaluation) == kept)
    #expect(output(0.5, .training(step: 1)) != kept)
    #expect(output(0.5, .training(step: 1)) != output(0.5, .training(step: 2)))
    #expect(output(0.5, .training(step: 1)) == output(0.5, .training(step: 1)))
  }
}

/// One encoder that a configuration can select.
struct EncoderChoice: CustomStringConvertible, Sendable {
  let kind: EncoderKind
  let source: EncoderSource
  var description: String { "\(kind) from \(source)" }

  func apply(to encoder: inout EncoderSettings) {
    encoder.kind = kind
    encoder.source = source
    encoder.sourceFields = 2
    encoder.rank = 3
    encoder.innerActivation = .tanh
  }
}
