import LinearAlgebra

/// How far the blocks of cross weights are from rotations:
/// `λ · Σ_layers Σ_{i,j} ‖I − W_{ij}·W_{ij}ᵀ‖²` over the `d × d` blocks, rows of field i and
/// columns of field j (Guo et al., ICML 2024, public code: restricted DCN V2).
///
/// `∂W_{ij} = −4·λ·(I − W_{ij}·W_{ij}ᵀ)·W_{ij}`.
final class BlockOrthogonality: WeightRegularizer {
  private let weights: [Parameter]
  private let shape: FieldShape
  private let weight: Double
  private let rest: EigenScratch

  /// Restricts the weights of all cross layers.
  init(_ weights: [Parameter], _ shape: FieldShape, _ weight: Double) {
    (self.weights, self.shape, self.weight) = (weights, shape, weight)
    rest = EigenScratch(shape.dimension)
  }

  func addGradients() -> Double {
    var penalty = 0.0
    for parameter in weights {
      for row in 0..<shape.fields {
        for column in 0..<shape.fields {
          penalty += add(
            parameter.value.view.rows(shape.columns(of: row)).columns(shape.columns(of: column)),
            to: parameter.gradient.view.rows(shape.columns(of: row))
              .columns(shape.columns(of: column)))
        }
      }
    }
    return weight * penalty
  }

  /// Adds the gradient of one block; returns `‖I − W·Wᵀ‖²`.
  private func add(_ block: MatrixView, to gradient: MatrixView) -> Double {
    let (d, rest) = (shape.dimension, rest.matrix)
    var sum = 0.0
    for i in 0..<d {
      for j in 0..<d {
        let product = (0..<d).reduce(0) { $0 + Double(block[i, $1]) * Double(block[j, $1]) }
        rest[i * d + j] = (i == j ? 1 : 0) - product
        sum += rest[i * d + j] * rest[i * d + j]
      }
    }
    for i in 0..<d {
      for j in 0..<d {
        let product = (0..<d).reduce(0) { $0 + rest[i * d + $1] * Double(block[$1, j]) }
        gradient[i, j] += Scalar(-4 * weight * product)
      }
    }
    return sum
  }
}
