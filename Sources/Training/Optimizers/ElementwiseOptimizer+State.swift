import Models

extension ElementwiseOptimizer {
  /// One tensor a parameter and kind of history, under the parameter's name and PyTorch's for the history.
  var state: [StateTensor] {
    finish()
    return parameters.flatMap { optimized in
      momentNames.enumerated().map { moment, name in
        let parameter = optimized.parameter
        let isPerElement = optimized.momentWidth == optimized.width
        return StateTensor(
          name: "optimizer.\(parameter.name).\(name)",
          shape: isPerElement ? parameter.shape : [optimized.rows],
          values: optimized.moments[moment])
      }
    }
  }
}
