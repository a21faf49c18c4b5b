import LinearAlgebra

/// The spread of the norms of cross weights' blocks between sets of embeddings: `λ` times the mean,
/// over layers l and pairs of fields, of the biased variance over the sets m of
/// `q_m = ‖W⁽ᵐ⁾_{l,i,j}‖²` (Guo et al., ICML 2024, public code).
///
/// `∂W⁽ᵐ⁾ = λ/(L·N²) · 4·(q_m − mean q)/M · W⁽ᵐ⁾`, block by block.
final class NormAlignment: WeightRegularizer {
  private let sets: [[Parameter]]
  private let shape: FieldShape
  private let weight: Double
  private let norms: Matrix

  /// Aligns the weights of all cross layers, set by set.
  init(_ sets: [[Parameter]], _ shape: FieldShape, _ weight: Double) {
    (self.sets, self.shape, self.weight) = (sets, shape, weight)
    norms = Matrix(rows: 1, columns: max(sets.count, 1))
  }

  func addGradients() -> Double {
    guard let layers = sets.first?.count, sets.count > 1 else { return 0 }
    let scale = weight / Double(layers * shape.fields * shape.fields)
    var penalty = 0.0
    for layer in 0..<layers {
      for row in 0..<shape.fields {
        for column in 0..<shape.fields {
          penalty += scale * add(layer, shape.columns(of: row), shape.columns(of: column), scale)
        }
      }
    }
    return penalty
  }

  /// Adds the gradients of one block of all sets; returns the variance of its norms.
  private func add(
    _ layer: Int, _ rows: Range<Int>, _ columns: Range<Int>, _ scale: Double
  ) -> Double {
    let count = Double(sets.count)
    var mean = 0.0
    for (set, parameters) in sets.enumerated() {
      let block = parameters[layer].value.view.rows(rows).columns(columns)
      var sum = 0.0
      for i in 0..<block.rows {
        sum += VectorKernels.sumOfSquares(block.row(i), count: block.columns)
      }
      norms[0, set] = Scalar(sum)
      mean += sum / count
    }
    var variance = 0.0
    for (set, parameters) in sets.enumerated() {
      let distance = Double(norms[0, set]) - mean
      variance += distance * distance / count
      let block = parameters[layer].value.view.rows(rows).columns(columns)
      let gradient = parameters[layer].gradient.view.rows(rows).columns(columns)
      for i in 0..<block.rows {
        ShortVectorKernels.add(
          block.row(i), times: Scalar(4 * scale * distance / count), to: gradient.row(i),
          count: block.columns)
      }
    }
    return variance
  }
}
