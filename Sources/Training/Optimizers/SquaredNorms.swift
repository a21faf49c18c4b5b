import LinearAlgebra

/// Sums of squares over one task: of the gradient with `λ·w`, and of values where λ is not 0.
struct SquaredNorms {
  var gradient = 0.0
  var value = 0.0

  /// Adds `Σ(g + λw)²` and `Σw²` over contiguous elements, at most a tile.
  ///
  /// Sums within the span are in lanes of `Scalar`, sums of spans in double.
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

extension OptimizedParameter {
  /// The squared norms over those of some rows that have a gradient.
  func squaredNorms(of rows: Range<Int>) -> SquaredNorms {
    let active = rows.lowerBound..<max(rows.lowerBound, min(rows.upperBound, activeRows))
    let values = touched == nil ? self.values : parameter.touchedValues.view
    // The zeros between gathered rows add nothing.
    let stride = touched == nil ? 1 : values.stride
    let tileRows = UpdateTask.tileRows(width: width)
    var norms = SquaredNorms()
    for start in Swift.stride(from: active.lowerBound, to: active.upperBound, by: tileRows) {
      let first = start * stride
      let gradient = parameter.gradient.base + first
      let count = min(tileRows, active.upperBound - start) * stride
      if gradientDecay == 0 {
        norms.gradient += VectorKernels.sumOfSquares(gradient, count: count)
      } else {
        norms.add(
          gradient: gradient, value: values.base + first, decay: Scalar(gradientDecay),
          count: count)
      }
    }
    return norms
  }
}
