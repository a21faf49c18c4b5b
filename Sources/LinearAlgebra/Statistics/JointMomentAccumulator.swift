import Platform

/// Means, covariances and cross-moments of several operands whose rows belong together, in one pass.
///
/// Rows arrive in batches; memory does not grow with them. Sums run in double over shifted blocks, and every operand
/// is converted once however many products it is in. The bits depend on the rows and their order, not on the batches
/// they came in nor on the number of threads.
public final class JointMomentAccumulator {
  /// Two operands, by their places, whose products are summed.
  public struct Product: Hashable, Sendable {
    /// The operand whose columns are the rows of the result.
    public let left: Int
    /// The operand whose columns are its columns.
    public let right: Int

    /// Names two operands; the same one twice gives its covariance.
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
  /// Rows of the blocks that are summed.
  private var folded = 0

  /// Rows added so far.
  public var count: Int { folded + blocks[0].rows }

  /// Starts with no rows of operands with these numbers of columns.
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

  /// Adds rows: a `[rows, columns]` view an operand; row `i` of each belongs to row `i` of the others.
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

  /// The moments of the rows added; no row can be added afterwards.
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
      sums[product].add(
        task: tile, blocks[products[product].left], blocks[products[product].right])
    }
    folded += blocks[0].rows
    for block in blocks { block.clear() }
  }
}

/// What a `JointMomentAccumulator` found.
public struct JointMoments: Equatable, Sendable {
  /// Means and spreads of every operand's columns.
  public let columns: [ColumnMoments]
  /// `Σ (a − ā)ᵀ(b − b̄)` of every product.
  public let coMoments: [JointMomentAccumulator.Product: DoubleMatrix]

  /// The moments of one operand; its product with itself must have been asked for.
  public func moments(_ operand: Int) -> Moments {
    Moments(columns: columns[operand], coMoments: product(operand, operand))
  }

  /// The cross-moments of two operands, whose product must have been asked for.
  public func cross(_ left: Int, _ right: Int) -> CrossMoments {
    CrossMoments(
      left: columns[left], right: columns[right], coMoments: product(left, right))
  }

  private func product(_ left: Int, _ right: Int) -> DoubleMatrix {
    guard let product = coMoments[.init(left, right)] else {
      preconditionFailure(
        "JointMoments: the product of operands \(left) and \(right) was not summed")
    }
    return product
  }
}
