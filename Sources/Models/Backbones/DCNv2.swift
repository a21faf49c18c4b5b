import LinearAlgebra
import Platform

/// DCN V2, parallel: `logit += head([X_L ; MLP(x)])`, where `X_L` is CrossNet V2's (Wang et al., 2021; paper, section 1.3).
///
/// The generated side is that of the cross layers; the perceptron reads the raw embedding in both paradigms. No
/// first-order term. Without hidden layers it is CrossNet V2; as there, `target` may set interactions in the place of `X_L`.
final class DCNv2: Backbone {
  var parameters: [Parameter] { cross.parameters + dnn.parameters + head.parameters }
  var statistics: [RunningStatistic] { cross.statistics + dnn.statistics }
  private let cross: CrossNetwork
  private let dnn: MLP
  private let head: Head
  private let deepGradient: Matrix
  private let crossed: Range<Int>
  private let deep: Range<Int>
  private let pool: WorkerPool

  init(_ blueprint: Blueprint) {
    cross = blueprint.crossNetwork()
    dnn = MLP(blueprint, named: "dnn", from: blueprint.width, blueprint.settings.deep)
    crossed = 0..<cross.width
    deep = cross.width..<cross.width + dnn.width
    head = Head(blueprint, named: "head", from: deep.upperBound, blueprint.settings.head)
    deepGradient = Matrix(rows: blueprint.batchCapacity, columns: dnn.width)
    pool = blueprint.pool
  }

  func forward(_ embeddings: FieldTensor, _ pass: Pass, addingTo logits: MatrixView) {
    let input = head.input(rows: embeddings.batch)
    cross.forward(embeddings, pass, into: input.columns(crossed))
    copy(dnn.forward(embeddings.flattened, pass), to: input.columns(deep))
    head.forward(pass, addingTo: logits)
  }

  func backward(_ logitGradient: MatrixView, addingTo embeddingGradient: FieldTensor) {
    let gradient = head.backward(logitGradient)
    cross.backward(gradient.columns(crossed), addingTo: embeddingGradient)
    // Layers of a perceptron work in place on contiguous rows.
    let deepGradient = deepGradient.view.rows(0..<gradient.rows)
    copy(gradient.columns(deep), to: deepGradient)
    dnn.backward(deepGradient, addingTo: embeddingGradient.flattened)
  }

  func matrix(at point: ProbePoint) -> MatrixView? {
    point == .final(0) ? head.lastInput : cross.matrix(at: point)
  }

  private func copy(_ from: MatrixView, to: MatrixView) {
    pool.tiles(of: to.rows, size: 64) { to.rows($0).copy(from: from.rows($0)) }
  }
}
