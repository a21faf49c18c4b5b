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
  private let crossed: Range<Int>
  private let deep: Range<Int>
  private let pool: WorkerPool

  init(_ blueprint: Blueprint) {
    cross = blueprint.crossNetwork()
    dnn = MLP(blueprint, named: "dnn", from: blueprint.width, blueprint.settings.deep)
    crossed = 0..<cross.width
    deep = cross.width..<cross.width + dnn.width
    head = Head(blueprint, named: "head", from: deep.upperBound, blueprint.settings.head)
    pool = blueprint.pool
  }

  func forward(_ embeddings: FieldTensor, _ pass: Pass, addingTo logits: MatrixView) {
    let input = head.input(rows: embeddings.batch)
    cross.forward(embeddings, pass, into: input.columns(crossed))
    let output = dnn.forward(embeddings.flattened, pass)
    pool.tiles(of: input.rows, size: 64) {
      input.columns(deep).rows($0).copy(from: output.rows($0))
    }
    head.forward(pass, addingTo: logits)
  }

  func backward(_ logitGradient: MatrixView, addingTo embeddingGradient: FieldTensor) {
    let gradient = head.backward(logitGradient)
    cross.backward(gradient.columns(crossed), addingTo: embeddingGradient)
    dnn.backward(to: embeddingGradient.flattened, overwriting: false) { target, _, finish in
      let deepGradient = gradient.columns(deep)
      pool.tiles(of: target.rows, size: 64) { rows in
        target.rows(rows).copy(from: deepGradient.rows(rows))
        finish(rows)
      }
    }
  }

  func matrix(at point: ProbePoint) -> MatrixView? {
    point == .final(0) ? head.lastInput : cross.matrix(at: point)
  }
}
