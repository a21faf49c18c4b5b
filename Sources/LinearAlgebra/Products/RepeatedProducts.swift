import Platform

/// A fully connected layer's products with an operand that repeats rows: each distinct row is
/// multiplied once, the other columns as they are.
///
/// Threads process strips of the output's columns, in any assignment with the same bits.
public final class RepeatedProducts {
  private let operand: RepeatedOperand
  /// Products of the columns that repeat nothing.
  private let restProducts: any BatchProducts
  private let products: PooledProducts
  private let pool: WorkerPool
  /// The weights of the columns that repeat nothing, and their gradient.
  private let restWeight: Matrix
  private let restWeightGradient: Matrix

  /// Parts into which backward divides the strips, each with sums of its own.
  private static let parts = 8

  /// The whole operand of the batch that began last.
  var input: MatrixView {
    guard let matrix = operand.matrix else {
      preconditionFailure("RepeatedProducts: no operand has begun")
    }
    return matrix
  }

  init(
    _ operand: RepeatedOperand, maxOutputs: Int, rest restProducts: any BatchProducts,
    _ products: PooledProducts, _ pool: WorkerPool
  ) {
    self.operand = operand
    self.restProducts = restProducts
    self.products = products
    self.pool = pool
    let rest = operand.restColumns.reduce(0) { $0 + $1.count }
    restWeight = Matrix(rows: maxOutputs, columns: rest)
    restWeightGradient = Matrix(rows: maxOutputs, columns: rest)
    let distinct = operand.distinctCapacity
    products.reserve(
      elements: max(
        partialOffset(distinct: distinct) + Self.parts * distinct * operand.groupWidth,
        restOffset + operand.rowCapacity * rest))
  }

  /// `output = x·Wᵀ`.
  func multiply(_ weight: MatrixView, into output: MatrixView, finish: (Range<Int>) -> Void) {
    pool.share(strips(output.columns)) { index, thread in
      let columns = columns(of: index, output.columns)
      strip(weight, columns, thread).forward(into: output.columns(columns))
    }
    let rest = packed(weight, in: restWeight)
    restProducts.multiply(
      operand.rest, rest, transposingB: true, into: output, overwriting: false, finish: finish)
  }

  /// `∂W += ∂outputᵀ·x`; `∂output·W` goes to the distinct rows' gradients, and that of the other
  /// columns to `∂input`.
  func backward(
    _ outputGradient: MatrixView, _ weight: MatrixView, addingTo weightGradient: MatrixView,
    to inputGradient: MatrixView, overwriting: Bool, finish: (Range<Int>) -> Void
  ) {
    addRepeatedGradients(outputGradient, weight, weightGradient)
    let rest = packed(weight, in: restWeight)
    let gradient = restWeightGradient.view.rows(0..<weight.rows)
    restProducts.sum(
      outputGradient, operand.rest, vectors: 1, into: gradient, overwriting: true)
    add(gradient, 0..<gradient.rows, to: weightGradient)
    let target = products.memory(from: restOffset, rows: outputGradient.rows, columns: rest.columns)
    restProducts.multiply(
      outputGradient, rest, transposingB: false, into: target, overwriting: true
    ) { rows in
      if overwriting { inputGradient.rows(rows).fill(0) }
      add(target, rows, to: inputGradient)
      finish(rows)
    }
  }

  private func addRepeatedGradients(
    _ outputGradient: MatrixView, _ weight: MatrixView, _ weightGradient: MatrixView
  ) {
    let strips = strips(weight.rows)
    let parts = min(strips, Self.parts)
    operand.sortRows()
    pool.share(parts) { part, thread in
      let range = part * strips / parts..<(part + 1) * strips / parts
      for index in range {
        let columns = columns(of: index, weight.rows)
        strip(weight, columns, thread).backward(
          outputGradient.columns(columns), weightGradient: weightGradient.rows(columns),
          distinctGradient: partial(part), overwriting: index == range.lowerBound)
      }
    }
    pool.run(operand.groups.count) { index in
      let group = operand.groups[index]
      for slot in 0..<group.distinct.rows {
        let gradient = group.gradient.row(Int(group.gradientRows[slot]))
        for part in 0..<parts {
          ShortVectorKernels.add(
            partial(part).row(operand.firsts[index] + slot), to: gradient,
            count: group.gradient.columns)
        }
      }
    }
  }

  /// The distinct rows' gradients from one part of the strips, stored behind the threads' memory.
  private func partial(_ part: Int) -> MatrixView {
    let (count, width) = (operand.distinctCount, operand.groupWidth)
    let first = partialOffset(distinct: count) + part * count * width
    return products.memory(from: first, rows: count, columns: width)
  }

  private func partialOffset(distinct: Int) -> Int {
    pool.threads * RepeatedStrip.Scratch.elements(operand, distinct: distinct)
  }

  /// Where the gradient of the other columns is stored: behind what its own product packs, in any
  /// layer.
  private var restOffset: Int {
    let width = ProductBlocking.width
    return ProductPanels.count(columns: restWeight.columns, width: width)
      * ProductPanels.stride(width: width, steps: ProductBlocking.maxSteps)
  }

  /// The number of strips of a layer with so many outputs.
  private func strips(_ outputs: Int) -> Int {
    (outputs + RepeatedStrip.width - 1) / RepeatedStrip.width
  }

  private func columns(of strip: Int, _ count: Int) -> Range<Int> {
    strip * RepeatedStrip.width..<min(count, (strip + 1) * RepeatedStrip.width)
  }

  private func strip(_ weight: MatrixView, _ outputs: Range<Int>, _ thread: Int) -> RepeatedStrip {
    let elements = RepeatedStrip.Scratch.elements(operand, distinct: operand.distinctCount)
    let memory = products.memory(from: thread * elements, rows: 1, columns: elements)
    return RepeatedStrip(
      operand: operand, weight: weight.rows(outputs),
      scratch: RepeatedStrip.Scratch(memory.base, operand))
  }

  /// Copies a matrix's columns that do not repeat side by side.
  private func packed(_ matrix: MatrixView, in memory: Matrix) -> MatrixView {
    let packed = memory.view.rows(0..<matrix.rows)
    for row in 0..<matrix.rows {
      var target = packed.row(row)
      for columns in operand.restColumns {
        ShortVectorKernels.copy(
          matrix.row(row) + columns.lowerBound, to: target, count: columns.count)
        target += columns.count
      }
    }
    return packed
  }

  /// Adds some rows of columns that are packed side by side to their columns in a matrix.
  private func add(_ packed: MatrixView, _ rows: Range<Int>, to matrix: MatrixView) {
    for row in rows {
      var source = packed.row(row)
      for columns in operand.restColumns {
        ShortVectorKernels.add(
          source, to: matrix.row(row) + columns.lowerBound, count: columns.count)
        source += columns.count
      }
    }
  }
}
