import Platform

/// Products of a batch's matrices, in one precision.
public protocol BatchProducts: AnyObject {
  /// Reserves room for a product of `rows × columns` sums of `inner` terms.
  func reserve(rows: Int, columns: Int, inner: Int)
  /// Reserves room for `rows × columns` sums over batches of up to `batch` rows, each of which has
  /// `vectors` terms.
  func reserveSums(rows: Int, columns: Int, batch: Int, vectors: Int)
  /// Allocates what was reserved, so that no step allocates.
  func allocate()
  /// `c += a·b`, or `c = a·b` if `overwriting`.
  ///
  /// Shapes: `a` is `[m, k]`, `b` is `[k, n]`, or `[n, k]` with `transposingB`, `c` is `[m, n]`.
  /// `finish` is called with each tile of `c`'s rows as soon as it is written, on the thread that
  /// wrote it, while the tile is in its cache.
  func multiply(
    _ a: MatrixView, _ b: MatrixView, transposingB: Bool, into c: MatrixView, overwriting: Bool,
    finish: (Range<Int>) -> Void)
  /// `c += aᵀ·b`, or `c = aᵀ·b` if `overwriting`: sums over this process's rows of a batch, whose
  /// pieces are added as a tree.
  ///
  /// Shapes: `a` is `[batch · vectors, m]`, `b` is `[batch · vectors, n]`, `c` is `[m, n]`.
  func sum(_ a: MatrixView, _ b: MatrixView, vectors: Int, into c: MatrixView, overwriting: Bool)
}

extension PooledProducts: BatchProducts {}

/// The precision of the operands of fully connected layers' products; sums are always in single
/// precision.
public enum ProductPrecision: String, CaseIterable, Sendable {
  /// Operands as they are.
  case float32
  /// Operands rounded to bfloat16, to nearest even.
  case bfloat16

  /// The instructions that compute products of this precision here, in words.
  public var instructions: String {
    switch self {
    case .float32: InstructionSet.name
    case .bfloat16:
      isEmulated ? EmulatedBFloat16.instructions : HardwareBFloat16.instructions
    }
  }

  /// Columns of a product that are computed at once, to which its speed is about proportional.
  public static var columnsAtOnce: Int { ProductBlocking.width }

  /// Whether this processor lacks the instructions, so that other ones compute the same bits,
  /// slower than products in single precision.
  public var isEmulated: Bool { self == .bfloat16 && !HardwareBFloat16.isAvailable }

  /// Products of this precision on a pool's threads; those of single precision are `exact`.
  ///
  /// In a build for double precision all products are exact.
  public func products(
    _ exact: PooledProducts, share: BatchShare = BatchShare(), pool: WorkerPool
  ) -> any BatchProducts {
    switch self {
    case .float32: return exact
    case .bfloat16:
      #if SFG_DOUBLE
        return exact
      #else
        return isEmulated
          ? BFloat16Products<EmulatedBFloat16>(pool: pool, share: share)
          : BFloat16Products<HardwareBFloat16>(pool: pool, share: share)
      #endif
    }
  }
}
