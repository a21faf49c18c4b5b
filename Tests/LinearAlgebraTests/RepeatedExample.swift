import Platform
import TestSupport

@testable import LinearAlgebra

/// A layer whose operand repeats rows, and everything that its products read and write.
final class RepeatedExample {
  /// The fields of an operand: the number of distinct rows, or nil if rows do not repeat;
  /// `isWeighted` if they are multiplied.
  struct Shape: CustomStringConvertible, Sendable {
    var rows = 50
    var outputs = 37
    var dimension = 3
    var fields: [Int?] = [4, nil, 9, nil, nil, 1]
    var isWeighted = false
    var description: String {
      "\(rows) rows, \(outputs) outputs, \(fields.map { $0 ?? 0 }) × \(dimension), weighted \(isWeighted)"
    }
  }

  let shape: Shape
  let products: LayerProducts
  let repeated: RepeatedProducts
  private let memory: PooledProducts
  let operand: RepeatedOperand
  let x: Matrix
  let weight: Matrix
  let outputGradient: Matrix
  let weightGradient: Matrix
  let inputGradient: Matrix
  /// The groups' distinct rows, all of them in each piece, and their gradients, which hold
  /// something before.
  private(set) var distinct: [Matrix] = []
  private(set) var gradients: [Matrix] = []
  private(set) var slots: [[UInt32]] = []
  private let weights: [Float]
  private let groups: [Int]
  private let pieces: BatchPieces
  private var owners: [UnsafeMutablePointer<UInt32>] = []
  private var bounds: [UnsafeMutablePointer<UInt32>] = []
  private var gradientRows: [UnsafeMutablePointer<UInt32>] = []
  private let weightMemory: UnsafeMutablePointer<Float>

  init(_ shape: Shape, threads: Int = 2) {
    self.shape = shape
    let (rows, d) = (shape.rows, shape.dimension)
    let random = CounterRandom(seed: 1, stream: 4)
    x = Matrix.random(rows, shape.fields.count * d, seed: 1)
    weight = Matrix.random(shape.outputs, x.columns, seed: 2)
    outputGradient = Matrix.random(rows, shape.outputs, seed: 3)
    weightGradient = Matrix.random(shape.outputs, x.columns, seed: 4)
    inputGradient = Matrix.random(rows, x.columns, seed: 5)
    pieces = BatchPieces(rows: rows)
    groups = shape.fields.indices.filter { shape.fields[$0] != nil }
    weights = (0..<rows).map { Float(random.normal(UInt64($0))) }
    weightMemory = .allocate(capacity: rows)
    weightMemory.initialize(from: weights, count: rows)
    let pool = WorkerPool(threads: threads)
    memory = PooledProducts(pool: pool)
    products = LayerProducts(memory, pool: pool)
    products.reserve(batch: rows, inputs: x.columns, outputs: shape.outputs)
    operand = RepeatedOperand(
      rowCapacity: rows, columns: x.columns,
      groups: groups.map { $0 * d..<($0 + 1) * d },
      distinctCapacity: shape.fields.reduce(0) { $0 + ($1 ?? 0) } * pieces.count,
      isWeighted: shape.isWeighted,
      pool: pool)
    repeated = products.products(with: operand, columns: x.columns)
    for (index, field) in groups.enumerated() {
      let count = shape.fields[field] ?? 0
      let entries = Matrix.random(count * pieces.count, d, seed: 10 + UInt64(index))
      for piece in 1..<pieces.count {
        entries.view.rows(piece * count..<(piece + 1) * count).copy(
          from: entries.view.rows(0..<count))
      }
      distinct.append(entries)
      gradients.append(Matrix.random(count, d, seed: 20 + UInt64(index)))
      slots.append(
        (0..<rows).map { UInt32(random.uniform(UInt64(1000 * (index + 1) + $0)) * Double(count)) })
      owners.append(
        Self.memory(slots[index].enumerated().map { UInt32(piece(of: $0) * count) + $1 }))
      bounds.append(Self.memory((0...pieces.count).map { UInt32($0 * count) }))
      gradientRows.append(Self.memory((0..<count * pieces.count).map { UInt32($0 % count) }))
      for row in 0..<rows {
        for column in 0..<d {
          x[row, field * d + column] =
            factor(index, row) * distinct[index][Int(slots[index][row]), column]
        }
      }
    }
  }

  deinit {
    (owners + bounds + gradientRows).forEach { $0.deallocate() }
    weightMemory.deallocate()
  }

  private static func memory(_ numbers: [UInt32]) -> UnsafeMutablePointer<UInt32> {
    let memory = UnsafeMutablePointer<UInt32>.allocate(capacity: numbers.count)
    memory.initialize(from: numbers, count: numbers.count)
    return memory
  }

  private func piece(of row: Int) -> Int {
    (0..<pieces.count).first { pieces[$0].contains(row) } ?? 0
  }

  /// Every second group is weighted.
  private func isWeighted(_ group: Int) -> Bool { shape.isWeighted && group.isMultiple(of: 2) }

  func factor(_ group: Int, _ row: Int) -> Scalar {
    isWeighted(group) ? Scalar(weights[row]) : 1
  }

  /// The first `rows` rows as an operand that repeats rows.
  func begin(rows: Int? = nil) -> LayerInput {
    memory.allocate()
    let d = shape.dimension
    let view = x.view.rows(0..<(rows ?? shape.rows))
    operand.begin(
      view,
      groups.enumerated().map { index, field in
        RepeatedColumns(
          field * d..<(field + 1) * d, distinct: distinct[index].view, slots: owners[index],
          bounds: bounds[index], weights: isWeighted(index) ? weightMemory : nil,
          gradient: gradients[index].view, gradientRows: gradientRows[index])
      })
    return .repeated(repeated)
  }

  /// The output's elements, row by row.
  func forward(_ input: LayerInput) -> [Scalar] {
    memory.allocate()
    let output = Matrix(rows: input.rows, columns: shape.outputs)
    output.view.fill(.nan)
    products.multiply(input, weight.view, into: output.view) { _ in }
    return withExtendedLifetime(output) { output.view.elements }
  }

  /// Backward with the gradient of repeated rows sent to these, or to the whole input's gradient.
  func backward(
    _ input: LayerInput, toRows: Bool = true, overwriting: Bool,
    finish: (Range<Int>) -> Void = { _ in }
  ) {
    if overwriting { inputGradient.view.fill(.nan) }
    let target = inputGradient.view.rows(0..<input.rows)
    products.backward(
      outputGradient.view.rows(0..<input.rows), input, weight.view,
      addingTo: weightGradient.view, to: toRows ? .repeated(target, repeated) : .dense(target),
      overwriting: overwriting, finish: finish)
  }

  /// `Σ a·b` over some index, in double.
  func sum(_ count: Int, _ term: (Int) -> Scalar) -> Double {
    (0..<count).reduce(0) { $0 + Double(term($1)) }
  }
}
