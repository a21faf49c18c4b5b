import LinearAlgebra

/// Sums of squares over one task: of the gradient with the regulariser's part, and of the values it met.
struct SquaredNorms {
  var gradient = 0.0
  var value = 0.0

  /// Adds `Σ(g + λw)²` and `Σw²` over a run of elements.
  ///
  /// Lanes of `Scalar` within a run of at most a tile, the runs in double.
  @inline(__always)
  mutating func add(
    gradient: UnsafePointer<Scalar>, value: UnsafePointer<Scalar>, decay: Scalar, count: Int
  ) {
    var gradientSums = VectorKernels.Lanes.zero
    var valueSums = VectorKernels.Lanes.zero
    var index = 0
    while index + VectorKernels.Lanes.scalarCount <= count {
      let values = VectorKernels.load(value + index)
      let whole = VectorKernels.load(gradient + index).addingProduct(values, decay)
      gradientSums.addProduct(whole, whole)
      valueSums.addProduct(values, values)
      index += VectorKernels.Lanes.scalarCount
    }
    self.gradient += Double(gradientSums.sum())
    self.value += Double(valueSums.sum())
    while index < count {
      let whole = Double(gradient[index]) + Double(decay) * Double(value[index])
      self.gradient += whole * whole
      self.value += Double(value[index]) * Double(value[index])
      index += 1
    }
  }
}
