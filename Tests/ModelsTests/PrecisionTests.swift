import ClickData
import LinearAlgebra
import Platform
import TestSupport
import Testing

@testable import Models

/// Layers and models whose products round their operands to bfloat16.
@Suite struct PrecisionTests {
  private struct LayerResult {
    let output: [Double]
    let weightGradient: [Double]
    let inputGradient: [Double]
    let x: Matrix
    let delta: Matrix
    let weight: Matrix
  }

  private static let (batch, inputs, outputs) = (70, 39, 21)

  private func layer(_ precision: ProductPrecision, outputs: Int) -> LayerResult {
    let context = LayerContext(
      batchCapacity: Self.batch, weights: .drawn(seed: 4), precision: precision,
      pool: WorkerPool(threads: 2))
    let layer = LinearLayer(context, inputs: Self.inputs, outputs: outputs, bias: false)
    context.allocate()
    let x = Matrix.random(Self.batch, Self.inputs, seed: 5)
    let delta = Matrix.random(Self.batch, outputs, seed: 6)
    let gradient = Matrix(rows: Self.batch, columns: Self.inputs)
    let output = layer.forward(.dense(x.view)).doubles
    layer.backward(delta.view, to: .dense(gradient.view), overwriting: true)
    let weight = context.registry.parameters[0]
    let copy = Matrix(rows: outputs, columns: Self.inputs)
    copy.view.copy(from: weight.value.view)
    return LayerResult(
      output: output, weightGradient: weight.gradient.view.doubles,
      inputGradient: gradient.view.doubles, x: x, delta: delta, weight: copy)
  }

  /// `Σ a·b` and `Σ |a·b|` of each pair of a row of `a` and a column of `b`.
  private func sums(
    _ rows: Int, _ columns: Int, _ inner: Int, _ a: (Int, Int) -> Scalar,
    _ b: (Int, Int) -> Scalar
  ) -> [(sum: Double, magnitude: Double)] {
    (0..<rows).flatMap { row in
      (0..<columns).map { column in
        let terms = (0..<inner).map { Double(a(row, $0)) * Double(b($0, column)) }
        return (terms.reduce(0, +), terms.reduce(0) { $0 + abs($1) })
      }
    }
  }

  /// Output and both gradients of a layer are sums of products whose operands are rounded once:
  /// `|error| ≤ (2u + u² + k·v)·(1 + k·v)·Σ|a·b|`, with u = 2⁻⁸ and v = 2⁻²⁴.
  @Test func eachProductOfALayerIsWithinTheErrorBound() {
    let layer = layer(.bfloat16, outputs: Self.outputs)
    let (x, delta, weight) = (layer.x, layer.delta, layer.weight)
    let (b, i, o) = (Self.batch, Self.inputs, Self.outputs)
    let products = [
      ("output", layer.output, i, sums(b, o, i, { x[$0, $1] }, { weight[$1, $0] })),
      ("weight", layer.weightGradient, b, sums(o, i, b, { delta[$1, $0] }, { x[$0, $1] })),
      ("input", layer.inputGradient, o, sums(b, i, o, { delta[$0, $1] }, { weight[$0, $1] })),
    ]
    for (name, actual, terms, expected) in products {
      #expect(actual.count == expected.count)
      let v = Double(terms + 4) * 0x1p-24
      for (actual, expected) in zip(actual, expected) {
        let bound = (0x1p-7 + 0x1p-16 + v) * (1 + v) * expected.magnitude
        #expect(abs(actual - expected.sum) <= bound, "\(name)")
      }
    }
  }

  #if !SFG_DOUBLE
    @Test func operandsAreRounded() {
      let (exact, rounded) = (layer(.float32, outputs: 2), layer(.bfloat16, outputs: 2))
      #expect(exact.output != rounded.output)
      #expect(exact.weightGradient != rounded.weightGradient)
      #expect(exact.inputGradient != rounded.inputGradient)
    }
  #endif

  /// A layer with one output is a part of the logit.
  @Test func aLogitIsNotRounded() {
    let (exact, rounded) = (layer(.float32, outputs: 1), layer(.bfloat16, outputs: 1))
    #expect(exact.output == rounded.output)
    #expect(exact.weightGradient == rounded.weightGradient)
    #expect(exact.inputGradient == rounded.inputGradient)
  }

  /// Smooth activations: a rectifier has a kink, which a rounded number may cross.
  private func model(
    _ variant: (BackboneKind, Paradigm), _ precision: ProductPrecision, threads: Int = 2
  ) -> CTRModel {
    CTRModel(
      schema: FieldSchema.mixed(fields: 5),
      settings: .tiny(variant.0, variant.1) {
        $0.head = .linear
        $0.deep.activation = .tanh
        $0.encoder.activation = .tanh
        // A perceptron behind each more cross layer would multiply their roundings once more.
        if [.dcnv2Stacked, .dcnv2StackedParallel].contains(variant.0) { $0.crossLayers = 1 }
        // So does every further block.
        $0.tokens.blocks = 1
      }, batchCapacity: 40, seed: 3, precision: precision, pool: WorkerPool(threads: threads)
    ).randomized()
  }

  /// The logits and all gradients of a step.
  private func step(_ model: CTRModel) -> [[Double]] {
    let batch = EncodedBatch.random(rows: 40, schema: model.schema, seed: 8)
    return [model.step(batch).logits] + model.gradients.map(\.values)
  }

  @Test(arguments: ModelSettings.variants.indices)
  func bitsOfAStepDoNotDependOnTheThreads(variant: Int) {
    let variant = ModelSettings.variants[variant]
    let steps = [1, 2, 3].map { step(model(variant, .bfloat16, threads: $0)) }
    #expect(steps[0] == steps[1] && steps[0] == steps[2], "\(variant)")
  }

  /// Logits and gradients move, but by no more than a few roundings of their size.
  @Test(arguments: ModelSettings.variants.indices)
  func aStepIsNearThatInSinglePrecision(variant: Int) {
    let variant = ModelSettings.variants[variant]
    // The blocks of Wukong end with rectifiers.
    guard variant.0 != .wukong else { return }
    let (exact, rounded) = (step(model(variant, .float32)), step(model(variant, .bfloat16)))
    for (exact, rounded) in zip(exact, rounded) {
      let size = exact.reduce(0) { max($0, abs($1)) }
      expectClose(rounded, exact, Tolerance(absolute: 0.05 * size, relative: 0), "\(variant)")
    }
  }

  /// Models without fully connected layers have the same bits in either precision.
  @Test(arguments: [BackboneKind.lr, .fm, .fmfm])
  func whatHasNoLayersIsUnchanged(backbone: BackboneKind) {
    let variant = (backbone, Paradigm.discriminative)
    #expect(step(model(variant, .float32)) == step(model(variant, .bfloat16)))
  }
}
