import LinearAlgebra
import Platform

/// A gated unit of each token: `output = L₃·((S₂·y + GELU(L₁·y)) ⊙ (L₂·z)) + S₁·y` (RankElastor,
/// KDD 2026; `S₂` is in its public code).
///
/// Shapes: `y` and the output are `[batch, tokens · width]`, the gate `L₂·z` and its factor
/// `[batch, tokens · expanded]`. The product is the unit's interaction: `z` is `y`, or what a
/// source generates from it. All maps are `TokenLinear`s.
final class GatedTokenUnit: DenseLayer {
  var operations: Int { tokens * expanded + source.operations }
  /// The gate's operand in the last forward.
  private(set) var generated: MatrixView?
  private let gelu: TokenLinear
  private let gate: TokenLinear
  private let skip: TokenLinear
  private let innerSkip: TokenLinear
  private let output: TokenLinear
  private let source: Source
  private let hidden: Matrix
  private let inputGradient: Matrix
  private let tokens: Int
  private let expanded: Int
  private let pool: WorkerPool
  private var last: (gelu: MatrixView, factor: MatrixView, gate: MatrixView)?

  /// Creates `gelu`, `gate`, `inner_skip`, `output` and `skip` in the context's scope.
  init(_ context: LayerContext, tokens: Int, width: Int, expanded: Int, source: Source) {
    func map(_ name: String, _ inputs: Int, _ outputs: Int) -> TokenLinear {
      TokenLinear(context.scoped(name), tokens: tokens, inputs: inputs, outputs: outputs)
    }
    gelu = map("gelu", width, expanded)
    gate = map("gate", width, expanded)
    innerSkip = map("inner_skip", width, expanded)
    output = map("output", expanded, width)
    skip = map("skip", width, width)
    self.source = source
    hidden = context.matrix(columns: tokens * expanded)
    inputGradient = context.matrix(columns: tokens * width)
    (self.tokens, self.expanded, pool) = (tokens, expanded, context.pool)
  }

  func forward(_ values: MatrixView, _ pass: Pass) -> MatrixView {
    let input = FieldInput(FieldTensor(values, fields: tokens))
    let generated = source.forward(input, pass).flattened
    let (a, b) = (gelu.forward(values, pass), gate.forward(generated, pass))
    let u = innerSkip.forward(values, pass)
    let hidden = hidden.view.rows(0..<values.rows)
    pool.tiles(of: values.rows, size: 64) { rows in
      for row in rows {
        let (a, b, u, h) = (a.row(row), b.row(row), u.row(row), hidden.row(row))
        for k in 0..<hidden.columns {
          u[k] += GELU.value(a[k], scale: 1)
          h[k] = u[k] * b[k]
        }
      }
    }
    last = (a, u, b)
    self.generated = generated
    let (result, skipped) = (output.forward(hidden, pass), skip.forward(values, pass))
    pool.tiles(of: values.rows, size: 64) { result.rows($0).add(skipped.rows($0)) }
    return result
  }

  func graph(_ values: GraphValue, _ graph: GraphBuilder) -> GraphValue {
    let width = inputGradient.columns / tokens
    let input = GraphVectors(flattened: values, fields: tokens, dimension: width)
    let generated = source.graph(input, graph).flattened
    let factor = graph.add([
      innerSkip.graph(values, graph), GELU.graph(gelu.graph(values, graph), graph),
    ])
    let hidden = graph.apply(.multiply, to: [factor, gate.graph(generated, graph)])
    return graph.add([output.graph(hidden, graph), skip.graph(values, graph)])
  }

  /// With `h = u ⊙ b` and `∂h` from `L₃`: `∂u = ∂h ⊙ b`, `∂b = ∂h ⊙ u`, `∂a = ∂u ⊙ GELU′(a)`.
  func backward(_ gradient: MatrixView) -> MatrixView {
    guard let (a, u, b) = last else {
      preconditionFailure("GatedTokenUnit: backward before forward")
    }
    let inputGradient = inputGradient.view.rows(0..<gradient.rows)
    skip.backward(gradient, to: inputGradient, overwriting: true)
    let hiddenGradient = output.backward(gradient)
    pool.tiles(of: gradient.rows, size: 64) { rows in
      for row in rows {
        let (g, a, u, b) = (hiddenGradient.row(row), a.row(row), u.row(row), b.row(row))
        for k in 0..<hiddenGradient.columns {
          let (factor, gate) = (u[k], b[k])
          b[k] = g[k] * factor
          u[k] = g[k] * gate
          a[k] = GELU.gradient(a[k], scale: 1, u[k])
        }
      }
    }
    gelu.backward(a, to: inputGradient, overwriting: false)
    innerSkip.backward(u, to: inputGradient, overwriting: false)
    let place = FieldGradient(FieldTensor(inputGradient, fields: tokens))
    let sourceGradient = source.outputGradient(within: place)
    gate.backward(b, to: sourceGradient.flattened, overwriting: false)
    source.backward(addingTo: place)
    return inputGradient
  }
}
