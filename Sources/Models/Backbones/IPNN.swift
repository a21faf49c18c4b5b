import LinearAlgebra
import Platform

/// The inner product-based neural network: `logit += Linear(MLP([x ; (⟨gᵢ, vⱼ⟩)_{i<j}]))` (Qu et al., 2016; paper,
/// section 1.3).
///
/// The generated side is the left one, row i; discriminative, `gᵢ = vᵢ`. Beside the products the perceptron reads the raw
/// embedding in both paradigms.
final class IPNN: Backbone {
  var parameters: [Parameter] { dnn.parameters + source.parameters }
  var statistics: [RunningStatistic] { dnn.statistics + source.statistics }
  private let source: ObservedSource
  private let pairs: PairwiseVector
  private let dnn: Head
  private let products: Int
  private let pool: WorkerPool

  init(_ blueprint: Blueprint) {
    source = ObservedSource(blueprint.source(named: "encoder"))
    pairs = PairwiseVector(blueprint)
    dnn = Head(
      blueprint, named: "dnn", from: blueprint.width + blueprint.pairs, blueprint.settings.deep)
    products = blueprint.pairs
    pool = blueprint.pool
  }

  func forward(_ embeddings: FieldTensor, _ pass: Pass, addingTo logits: MatrixView) {
    let generated = source.forward(embeddings, pass)
    let input = dnn.input(rows: embeddings.batch)
    let raw = input.columns(0..<embeddings.width)
    pool.tiles(of: raw.rows, size: 256) { rows in
      raw.rows(rows).copy(from: embeddings.rows(rows).flattened)
    }
    pairs.forward(
      source: generated, target: embeddings, into: input.columns(raw.columns..<input.columns))
    dnn.forward(pass, addingTo: logits)
  }

  func backward(_ logitGradient: MatrixView, addingTo embeddingGradient: FieldTensor) {
    let gradient = dnn.backward(logitGradient)
    let raw = gradient.columns(0..<embeddingGradient.width)
    pool.tiles(of: raw.rows, size: 256) { rows in
      embeddingGradient.rows(rows).flattened.add(raw.rows(rows))
    }
    let sourceGradient = source.outputGradient(within: embeddingGradient)
    pairs.backward(
      gradient.columns(raw.columns..<gradient.columns), addingTo: sourceGradient,
      embeddingGradient)
    source.backward(addingTo: embeddingGradient)
  }

  func matrix(at point: ProbePoint) -> MatrixView? {
    switch point {
    case .interaction(0): dnn.lastInput.map { $0.columns($0.columns - products..<$0.columns) }
    case .final(0): dnn.lastHidden
    default: source.matrix(at: point)
    }
  }
}
