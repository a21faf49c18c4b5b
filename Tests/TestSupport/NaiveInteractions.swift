/// Interactions as explicit formulas, in double, as references for the kernels.
public enum NaiveInteractions {
  /// `X + G ⊙ (X·Wᵀ + b)` of each row; `X` and `G` are `[batch, width]`, `W` is `[width, width]`.
  public static func cross(
    state: [Double], source: [Double], weight: [Double], bias: [Double]
  ) -> [Double] {
    let width = bias.count
    return state.indices.map { index in
      let (row, column) = (index / width, index % width)
      var product = bias[column]
      for k in 0..<width { product += state[row * width + k] * weight[column * width + k] }
      return state[index] + source[index] * product
    }
  }

  /// The shape of a compressed interaction.
  public struct Compressed: Sendable {
    let batch: Int
    let fields: Int
    let maps: Int
    let outputs: Int
    let dimension: Int

    /// `S` is `[batch, fields, d]`, `X` is `[batch, maps, d]`, the output is `[batch, outputs, d]`.
    public init(batch: Int, fields: Int, maps: Int, outputs: Int, dimension: Int) {
      self.batch = batch
      self.fields = fields
      self.maps = maps
      self.outputs = outputs
      self.dimension = dimension
    }

    /// `Y_o = b_o + Σ_{h,m} W[o, h·M + m] · S_h ⊙ X_m`.
    public func forward(
      source: [Double], state: [Double], weight: [Double], bias: [Double]
    ) -> [Double] {
      var output = [Double](repeating: 0, count: batch * outputs * dimension)
      for row in 0..<batch {
        for map in 0..<outputs {
          for k in 0..<dimension { output[(row * outputs + map) * dimension + k] = bias[map] }
        }
      }
      each { y, w, s, x in output[y] += weight[w] * source[s] * state[x] }
      return output
    }

    /// The gradients of source, state, weight and bias for a gradient of the output.
    public func backward(
      _ gradient: [Double], source: [Double], state: [Double], weight: [Double]
    ) -> (source: [Double], state: [Double], weight: [Double], bias: [Double]) {
      var ds = [Double](repeating: 0, count: source.count)
      var dx = [Double](repeating: 0, count: state.count)
      var dw = [Double](repeating: 0, count: weight.count)
      var db = [Double](repeating: 0, count: outputs)
      each { y, w, s, x in
        ds[s] += gradient[y] * weight[w] * state[x]
        dx[x] += gradient[y] * weight[w] * source[s]
        dw[w] += gradient[y] * source[s] * state[x]
      }
      for index in gradient.indices { db[index / dimension % outputs] += gradient[index] }
      return (ds, dx, dw, db)
    }

    /// Visits the indices of each term of the sum in output, weight, source and state.
    private func each(_ visit: (Int, Int, Int, Int) -> Void) {
      for row in 0..<batch {
        for map in 0..<outputs {
          for h in 0..<fields {
            for m in 0..<maps {
              for k in 0..<dimension {
                visit(
                  (row * outputs + map) * dimension + k, map * fields * maps + h * maps + m,
                  (row * fields + h) * dimension + k, (row * maps + m) * dimension + k)
              }
            }
          }
        }
      }
    }
  }
}
