import LinearAlgebra
import Platform

/// What a layer is built from: threads, the largest batch, initial weights, and memory that layers
/// share.
///
/// A parameter or a running statistic that is created here is registered, in the order of creation,
/// under the context's name scope: `weight` in the scope `dnn.0` is `dnn.0.weight`.
public struct LayerContext {
  /// The threads that compute.
  public let pool: WorkerPool
  /// The most rows of a layer's matrices; scratch is sized for them.
  public let batchCapacity: Int
  /// Rows of a layer's matrices per row of a batch.
  let vectors: Int
  /// What was created so far, in this scope and all others.
  public let registry: ParameterRegistry
  /// The prefix of names created here, such as "dnn.0"; empty at the root.
  public let scope: String
  /// The part of the batch at hand that this process computes.
  let share: BatchShare
  /// Memory that layers borrow in turn for a gradient on its way back.
  let scratch: SharedScratch
  /// Products of whole batches, with the memory that they share.
  let products: PooledProducts
  /// Products of fully connected layers.
  let layerProducts: LayerProducts
  /// Those of layers with one output, a part of the logit: in single precision.
  private let logitProducts: LayerProducts
  private let initializer: Initializer

  /// The root context of one model.
  public init(
    batchCapacity: Int, weights: InitialWeights, share: BatchShare = BatchShare(),
    precision: ProductPrecision = .float32, pool: WorkerPool
  ) {
    self.share = share
    self.pool = pool
    self.batchCapacity = batchCapacity
    vectors = 1
    registry = ParameterRegistry()
    scope = ""
    scratch = SharedScratch()
    products = PooledProducts(pool: pool, share: share)
    layerProducts = LayerProducts(products, precision: precision, share: share, pool: pool)
    logitProducts = LayerProducts(products, share: share, pool: pool)
    initializer = Initializer(weights, pool: pool)
  }

  private init(_ other: LayerContext, scope: String, vectors: Int = 1) {
    pool = other.pool
    batchCapacity = other.batchCapacity * vectors
    self.vectors = other.vectors * vectors
    registry = other.registry
    share = other.share
    self.scope = scope
    scratch = other.scratch
    products = other.products
    layerProducts = other.layerProducts
    logitProducts = other.logitProducts
    initializer = other.initializer
  }

  /// The context of a part of this layer, whose names begin with `name`.
  public func scoped(_ name: String) -> LayerContext {
    LayerContext(self, scope: qualified(name))
  }

  /// The same for layers that see `count` rows per row, such as every field's vector as a row.
  func forVectors(_ count: Int) -> LayerContext { LayerContext(self, scope: scope, vectors: count) }

  /// The products of a layer with so many outputs.
  func layerProducts(outputs: Int) -> LayerProducts { outputs > 1 ? layerProducts : logitProducts }

  /// Creates and registers a dense parameter of PyTorch's `shape`.
  func parameter(
    _ name: String, shape: [Int], regularization: Parameter.Regularization = .network,
    uses: Int = 1, multiplying rows: Range<Int>? = nil, _ initial: InitialValue
  ) -> Parameter {
    let parameter = Parameter(
      name: qualified(name), shape: shape, regularization: regularization, uses: uses,
      multiplying: rows)
    initializer.fill(parameter, initial)
    registry.add(parameter)
    return parameter
  }

  /// Creates and registers an embedding table with `history` numbers beside each row.
  func table(
    _ name: String, of rows: TouchedRows, dimension: Int, history: Int, _ initial: InitialValue
  ) -> Parameter {
    let table = Parameter(
      name: qualified(name), table: rows, dimension: dimension, history: history)
    initializer.fill(table, initial)
    registry.add(table)
    return table
  }

  /// Creates and registers a running statistic of `count` elements that starts at `initial`.
  func statistic(_ name: String, count: Int, initial: Scalar) -> RunningStatistic {
    let statistic = RunningStatistic(name: qualified(name), count: count, initial: initial)
    registry.add(statistic)
    return statistic
  }

  /// The random numbers of this scope, such as those of its dropout.
  func random() -> CounterRandom { initializer.random(for: scope) }

  /// Scratch with one row per row of the largest batch.
  func matrix(columns: Int) -> Matrix { Matrix(rows: batchCapacity, columns: columns) }

  /// Sums over the rows of the largest batch.
  func columnSums(columns: Int) -> ColumnSums {
    ColumnSums(
      batch: batchCapacity / vectors, vectors: vectors, columns: columns, share: share,
      pool: pool)
  }

  /// Allocates what the layers reserved: once, before the first step, in which nothing is
  /// allocated.
  func allocate() {
    scratch.allocate()
    products.allocate()
    layerProducts.allocate()
  }

  private func qualified(_ name: String) -> String { scope.isEmpty ? name : "\(scope).\(name)" }
}

/// Memory that parts of a model borrow one after another, each while it carries a gradient back.
///
/// Each part reserves what it will need while the model is built; the largest need decides.
/// Borrowed memory holds what the previous borrower left.
final class SharedScratch {
  private var capacity = 0
  private var isBorrowed = false
  private lazy var memory = Matrix(rows: 1, columns: capacity)

  /// Makes sure that there will be room for `rows × columns`.
  func reserve(rows: Int, columns: Int) { capacity = max(capacity, rows * columns) }

  /// Allocates what was reserved: before the first step, in which nothing is allocated.
  func allocate() { _ = memory }

  /// The memory as a matrix of any shape that was reserved; one borrower at a time.
  func borrow(rows: Int, columns: Int) -> MatrixView {
    precondition(!isBorrowed, "SharedScratch: borrowed twice")
    precondition(
      rows * columns <= memory.count, "SharedScratch: \(rows)×\(columns) of \(memory.count)")
    isBorrowed = true
    return MatrixView(base: memory.base, rows: rows, columns: columns, stride: columns)
  }

  /// Ends what `borrow` began.
  func giveBack() {
    precondition(isBorrowed, "SharedScratch: given back twice")
    isBorrowed = false
  }
}
