import Platform

/// Means and covariance of rows that arrive in batches, in one pass and constant memory.
///
/// A `JointMomentAccumulator` of one operand.
public final class MomentAccumulator {
  private let joint: JointMomentAccumulator
  /// The number of rows added.
  public var count: Int { joint.count }

  /// Starts with no rows.
  public init(columns: Int, pool: WorkerPool) {
    joint = JointMomentAccumulator(columns: [columns], products: [.init(0, 0)], pool: pool)
  }

  /// Adds rows: a `[rows, columns]` view.
  public func add(_ rows: MatrixView) { joint.add([rows]) }

  /// Returns the moments of the rows added; no row can be added afterwards.
  public func finish() -> Moments { joint.finish().moments(0) }
}

/// Means, covariances and cross-moments of several operands with corresponding rows, in one pass.
///
/// Rows arrive in batches, and memory is constant. Sums are taken in double over shifted blocks,
/// and every operand is converted once, whatever its number of products. The bits depend on the
/// rows and their order, not on how they were divided into batches, nor on the number of threads.
public final class JointMomentAccumulator {
  /// Two operands, by index, whose products are summed.
  public struct Product: Hashable, Sendable {
    /// The operand whose columns are the rows of the result.
    public let left: Int
    /// The operand whose columns are the columns of the result.
    public let right: Int

    /// Selects two operands; the same one twice gives its covariance.
    public init(_ left: Int, _ right: Int) {
      self.left = left
      self.right = right
    }
  }

  private let blocks: [RowBlock]
  private let products: [Product]
  private let sums: [CoMoments]
  private let tasks: [(product: Int, tile: Int)]
  private let pool: WorkerPool
  /// Rows of the blocks already summed.
  private var folded = 0

  /// The number of rows added.
  public var count: Int { folded + blocks[0].rows }

  /// Starts with no rows of operands with the given numbers of columns.
  public init(columns: [Int], products: [Product], pool: WorkerPool) {
    precondition(!columns.isEmpty, "JointMomentAccumulator: no operands")
    _ = OpenBLAS.onOneThread
    blocks = columns.map(RowBlock.init)
    self.products = products
    let sums = products.map { product in
      CoMoments(
        left: columns[product.left], right: columns[product.right],
        symmetric: product.left == product.right)
    }
    self.sums = sums
    tasks = sums.indices.flatMap { product in
      (0..<sums[product].taskCount).map { (product, $0) }
    }
    self.pool = pool
  }

  /// Adds rows: one `[rows, columns]` view per operand, in which rows correspond by index.
  public func add(_ operands: [MatrixView]) {
    precondition(
      operands.map(\.columns) == blocks.map(\.columns)
        && operands.allSatisfy { $0.rows == operands[0].rows },
      "JointMomentAccumulator: operands \(operands.map { "\($0.rows)×\($0.columns)" }), "
        + "expected columns \(blocks.map(\.columns))")
    var done = 0
    while done < operands[0].rows {
      var taken = 0
      for (block, view) in zip(blocks, operands) {
        taken = block.take(view, from: done, pool: pool)
      }
      done += taken
      if blocks[0].rows == RowBlock.height { fold() }
    }
  }

  /// Returns the moments of the rows added; no row can be added afterwards.
  public func finish() -> JointMoments {
    if blocks[0].rows > 0 { fold() }
    return JointMoments(
      columns: blocks.map { $0.moments(count: count) },
      coMoments: Dictionary(
        uniqueKeysWithValues: zip(products, sums).map { product, sum in
          (product, sum.matrix(blocks[product.left], blocks[product.right], count: count))
        }))
  }

  private func fold() {
    for block in blocks { block.close(pool: pool) }
    pool.run(tasks.count) { index in
      let (product, tile) = tasks[index]
      sums[product].add(task: tile, blocks[products[product].left], blocks[products[product].right])
    }
    folded += blocks[0].rows
    for block in blocks { block.clear() }
  }
}

/// The result of a `JointMomentAccumulator`.
public struct JointMoments: Equatable, Sendable {
  /// The means and squared deviations of every operand's columns.
  public let columns: [ColumnMoments]
  /// `Σ (a − ā)ᵀ(b − b̄)` of every product.
  public let coMoments: [JointMomentAccumulator.Product: DoubleMatrix]

  /// The moments of one operand; its product with itself must be among those summed.
  public func moments(_ operand: Int) -> Moments {
    Moments(columns: columns[operand], coMoments: product(operand, operand))
  }

  /// The cross-moments of two operands; their product must be among those summed.
  public func cross(_ left: Int, _ right: Int) -> CrossMoments {
    CrossMoments(left: columns[left], right: columns[right], coMoments: product(left, right))
  }

  private func product(_ left: Int, _ right: Int) -> DoubleMatrix {
    guard let product = coMoments[.init(left, right)] else {
      preconditionFailure(
        "JointMoments: the product of operands \(left) and \(right) was not summed")
    }
    return product
  }
}
