/// Element-wise products of all pairs of rows of two matrices, and their gradients.
///
/// Shapes: the source is `[fields, n]`, the state is `[maps, n]`; the products of some of the
/// fields are `[fields · maps, n]`, row `h · maps + m` being `source_h ⊙ state_m`.
public enum OuterProductKernel {
  /// `products[h · maps + m] = source_h ⊙ state_m`.
  public static func multiply(_ source: MatrixView, _ state: MatrixView, into products: MatrixView)
  {
    check(source, state, products)
    for field in 0..<source.rows {
      let s = source.row(field)
      for map in 0..<state.rows {
        let x = state.row(map)
        let z = products.row(field * state.rows + map)
        for index in 0..<products.columns { z[index] = s[index] * x[index] }
      }
    }
  }

  /// `∂source_h += Σ_m ∂products[h, m] ⊙ state_m` and `∂state_m += Σ_h ∂products[h, m] ⊙ source_h`.
  public static func addGradients(
    _ productGradients: MatrixView, source: MatrixView, state: MatrixView,
    to sourceGradient: MatrixView, _ stateGradient: MatrixView
  ) {
    check(source, state, productGradients)
    check(sourceGradient, stateGradient, productGradients)
    for field in 0..<source.rows {
      for map in 0..<state.rows {
        addGradients(
          productGradients.row(field * state.rows + map), source.row(field), state.row(map),
          to: sourceGradient.row(field), stateGradient.row(map), count: state.columns)
      }
    }
  }

  @inline(__always)
  private static func addGradients(
    _ z: UnsafePointer<Scalar>, _ source: UnsafePointer<Scalar>, _ state: UnsafePointer<Scalar>,
    to sourceGradient: UnsafeMutablePointer<Scalar>,
    _ stateGradient: UnsafeMutablePointer<Scalar>, count: Int
  ) {
    let width = VectorKernels.Lanes.scalarCount
    var index = 0
    while index + width <= count {
      let gradient = VectorKernels.load(z + index)
      var s = VectorKernels.load(sourceGradient + index)
      var x = VectorKernels.load(stateGradient + index)
      s.addProduct(gradient, VectorKernels.load(state + index))
      x.addProduct(gradient, VectorKernels.load(source + index))
      VectorKernels.store(s, sourceGradient + index)
      VectorKernels.store(x, stateGradient + index)
      index += width
    }
    while index < count {
      sourceGradient[index] += z[index] * state[index]
      stateGradient[index] += z[index] * source[index]
      index += 1
    }
  }

  private static func check(_ source: MatrixView, _ state: MatrixView, _ products: MatrixView) {
    precondition(
      products.rows == source.rows * state.rows && products.columns == source.columns
        && products.columns == state.columns,
      """
      OuterProductKernel: \(source.rows)×\(source.columns) and \(state.rows)×\(state.columns) \
      with \(products.rows)×\(products.columns)
      """)
  }
}
