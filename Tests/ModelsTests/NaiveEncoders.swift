import Glibc

/// Encoders of one row written out as their formulas say, in double, for fast ones to be compared
/// with.
struct NaiveEncoders {
  let fields: Int
  let dimension: Int
  var width: Int { fields * dimension }

  /// `x·Wᵀ`; `W` is `[outputs, x.count]`.
  func linear(_ x: [Double], _ weight: [Double]) -> [Double] {
    (0..<weight.count / x.count).map { out in
      x.indices.reduce(0) { $0 + weight[out * x.count + $1] * x[$1] }
    }
  }

  /// `vᵢ·Pᵢ`.
  func own(_ x: [Double], _ weight: [Double]) -> [Double] {
    (0..<width).map { index in
      let field = index / dimension
      return (0..<dimension).reduce(0) { sum, k in
        let row = (field * dimension + k) * dimension
        return sum + x[field * dimension + k] * weight[row + index % dimension]
      }
    }
  }

  /// Self-attention in four heads, layer normalisation, ReLU.
  func attention(
    _ x: [Double], query: [Double], key: [Double], value: [Double], weight: [Double],
    bias: [Double]
  ) -> [Double] {
    let vectors = (0..<fields).map { Array(x[$0 * dimension..<($0 + 1) * dimension]) }
    let (q, k, v) = (
      vectors.map { linear($0, query) }, vectors.map { linear($0, key) },
      vectors.map { linear($0, value) }
    )
    let size = dimension / 4
    return (0..<fields).flatMap { i in
      var output = [Double](repeating: 0, count: dimension)
      for head in 0..<4 {
        let part = head * size..<(head + 1) * size
        let scores = (0..<fields).map { j in
          exp(part.reduce(0) { $0 + q[i][$1] * k[j][$1] } / Double(size).squareRoot())
        }
        for c in part {
          for j in 0..<fields { output[c] += scores[j] / scores.reduce(0, +) * v[j][c] }
        }
      }
      let mean = output.reduce(0, +) / Double(dimension)
      let variance = output.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(dimension)
      return output.indices.map {
        max(0, (output[$0] - mean) / (variance + 1e-5).squareRoot() * weight[$0] + bias[$0])
      }
    }
  }
}
