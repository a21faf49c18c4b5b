import Foundation
import Models
import Training

/// The naive twin of every optimizer: its formula, element by element in double.
struct NaiveOptimizer {
  let settings: TrainingSettings
  var step = 0
  /// By parameter and element.
  var values: [[Double]]
  private var first: [[Double]]
  private var second: [[Double]]

  init(_ parameters: [Parameter], settings: TrainingSettings) {
    self.settings = settings
    values = parameters.map { parameter in
      (0..<parameter.count).map { Double(parameter.value.base[$0]) }
    }
    first = values.map { $0.map { _ in 0 } }
    second = first
  }

  /// Takes a step on the parameters' gradients and returns their global norm.
  mutating func update(_ parameters: [Parameter], learningRate: Double) -> Double {
    step += 1
    var gradients: [[Double?]] = []
    for (index, parameter) in parameters.enumerated() {
      let decay = settings.optimizer == .adamW ? 0 : decay(of: parameter)
      let columns = parameter.value.columns
      gradients.append(
        (0..<parameter.count).map { element in
          let row = element / columns
          let isUpdated =
            settings.embeddingUpdate == .dense || parameter.touched?.slot(of: row) != nil
            || parameter.touched == nil
          guard isUpdated else { return nil }
          return Double(parameter.gradient(row: row, column: element % columns))
            + decay * values[index][element]
        })
    }
    let norm = gradients.joined().reduce(0) { $0 + ($1 ?? 0) * ($1 ?? 0) }.squareRoot()
    var scale = 1.0
    if settings.maxGradientNorm > 0 { scale = min(1, settings.maxGradientNorm / (norm + 1e-6)) }
    for index in parameters.indices {
      for element in gradients[index].indices {
        guard let gradient = gradients[index][element] else { continue }
        switch settings.optimizer {
        case .adam: adam(gradient * scale, index, element, learningRate)
        case .adamW:
          values[index][element] -=
            learningRate * decay(of: parameters[index]) * values[index][element]
          adam(gradient * scale, index, element, learningRate)
        case .adagrad: adagrad(gradient * scale, index, element, learningRate)
        case .sgd: values[index][element] -= learningRate * gradient * scale
        case .rowwiseAdagrad:
          let width = parameters[index].touched == nil ? 1 : parameters[index].value.columns
          guard element % width == 0 else { continue }
          let row = gradients[index][element..<element + width].map { ($0 ?? .nan) * scale }
          rowwiseAdagrad(row, index, element, learningRate)
        }
      }
    }
    return norm
  }

  /// λ of a parameter.
  private func decay(of parameter: Parameter) -> Double {
    switch parameter.regularization {
    case .embedding: settings.embeddingRegularizer
    case .network: settings.netRegularizer
    case .none: 0
    }
  }

  private mutating func adagrad(
    _ gradient: Double, _ index: Int, _ element: Int, _ learningRate: Double
  ) {
    first[index][element] += gradient * gradient
    values[index][element] -= learningRate * gradient / (first[index][element].squareRoot() + 1e-10)
  }

  /// A row's one number is stored with its first element.
  private mutating func rowwiseAdagrad(
    _ gradient: [Double], _ index: Int, _ start: Int, _ learningRate: Double
  ) {
    first[index][start] += gradient.reduce(0) { $0 + $1 * $1 } / Double(gradient.count)
    let root = first[index][start].squareRoot() + 1e-10
    for (column, gradient) in gradient.enumerated() {
      values[index][start + column] -= learningRate * gradient / root
    }
  }

  private mutating func adam(
    _ gradient: Double, _ index: Int, _ element: Int, _ learningRate: Double
  ) {
    first[index][element] = 0.9 * first[index][element] + 0.1 * gradient
    second[index][element] = 0.999 * second[index][element] + 0.001 * gradient * gradient
    let corrected = first[index][element] / (1 - pow(0.9, Double(step)))
    let root = (second[index][element] / (1 - pow(0.999, Double(step)))).squareRoot()
    values[index][element] -= learningRate * corrected / (root + 1e-8)
  }
}
