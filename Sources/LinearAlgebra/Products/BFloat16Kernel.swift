import CVector

/// Memory for pairs of bfloat16 numbers, one per word.
typealias PairWords = UnsafeMutablePointer<UInt32>

/// Products of pairs of bfloat16 numbers, summed in single precision.
///
/// A kernel rounds floats to nearest even as it packs them, two steps of a sum per word, and
/// computes `s = fl(fl(s + a₁·b₁) + a₀·b₀)` per word, where `fl` rounds to nearest even and
/// replaces denormals by zero, as do all of its operands. All kernels give the same bits.
protocol BFloat16Kernel {
  /// The instructions that the kernel uses.
  static var instructions: String { get }
  /// Rounds a row into the pairs of its neighbours, followed by zeros up to 16 words.
  static func packRow(_ row: UnsafePointer<Float>, count: Int, to words: PairWords)
  /// Rounds a row into one column of a panel.
  static func packColumn(_ row: UnsafePointer<Float>, count: Int, to words: PairWords)
  /// Rounds a matrix, two rows per step, into panels of the second operand, `panel` words apart.
  static func packColumns(_ matrix: BFloat16Source, panel: Int, to words: PairWords)
  /// Rounds a matrix, two rows per step, into blocks of the first operand, `block` words apart.
  static func packTranspose(_ matrix: BFloat16Source, block: Int, to words: PairWords)
  /// Multiplies some rows, from the first of a block, by a panel.
  static func multiply(
    _ a: sfg_pair_rows, rows: Int, _ panel: UnsafePointer<UInt32>, steps: Int,
    into c: sfg_pair_target)
}

/// A matrix of floats that is rounded: rows, columns, and elements from one row to the next.
struct BFloat16Source {
  let base: UnsafePointer<Float>
  let rows: Int
  let columns: Int
  let stride: Int
}

/// The processor's own products of pairs (AVX512-BF16).
enum HardwareBFloat16: BFloat16Kernel {
  static let instructions = "AVX512-BF16"
  /// Whether this processor has them.
  static let isAvailable = sfg_has_bfloat16() != 0

  #if arch(x86_64)
    static func packRow(_ row: UnsafePointer<Float>, count: Int, to words: PairWords) {
      sfg_hardware_pack_row(row, count, words)
    }

    static func packColumn(_ row: UnsafePointer<Float>, count: Int, to words: PairWords) {
      sfg_hardware_pack_column(row, count, words)
    }

    static func packColumns(_ matrix: BFloat16Source, panel: Int, to words: PairWords) {
      sfg_hardware_pack_columns(
        matrix.base, matrix.stride, matrix.rows, matrix.columns, panel, words)
    }

    static func packTranspose(_ matrix: BFloat16Source, block: Int, to words: PairWords) {
      sfg_hardware_pack_transpose(
        matrix.base, matrix.stride, matrix.rows, matrix.columns, block, words)
    }

    static func multiply(
      _ a: sfg_pair_rows, rows: Int, _ panel: UnsafePointer<UInt32>, steps: Int,
      into c: sfg_pair_target
    ) {
      sfg_hardware_multiply(a, rows, panel, steps, c)
    }
  #endif
}

/// The same with fused multiply-adds of floats, for processors without such products: the product
/// of two bfloat16 numbers is a float, so that only sums are rounded.
enum EmulatedBFloat16: BFloat16Kernel {
  static let instructions = "emulated"

  static func packRow(_ row: UnsafePointer<Float>, count: Int, to words: PairWords) {
    sfg_emulated_pack_row(row, count, words)
  }

  static func packColumn(_ row: UnsafePointer<Float>, count: Int, to words: PairWords) {
    sfg_emulated_pack_column(row, count, words)
  }

  static func packColumns(_ matrix: BFloat16Source, panel: Int, to words: PairWords) {
    sfg_emulated_pack_columns(
      matrix.base, matrix.stride, matrix.rows, matrix.columns, panel, words)
  }

  static func packTranspose(_ matrix: BFloat16Source, block: Int, to words: PairWords) {
    sfg_emulated_pack_transpose(
      matrix.base, matrix.stride, matrix.rows, matrix.columns, block, words)
  }

  static func multiply(
    _ a: sfg_pair_rows, rows: Int, _ panel: UnsafePointer<UInt32>, steps: Int,
    into c: sfg_pair_target
  ) {
    sfg_emulated_multiply(a, rows, panel, steps, c)
  }
}

#if !arch(x86_64)
  extension HardwareBFloat16 {
    static func packRow(_: UnsafePointer<Float>, count: Int, to _: PairWords) { missing() }
    static func packColumn(_: UnsafePointer<Float>, count: Int, to _: PairWords) { missing() }
    static func packColumns(_: BFloat16Source, panel: Int, to _: PairWords) { missing() }
    static func packTranspose(_: BFloat16Source, block: Int, to _: PairWords) { missing() }
    static func multiply(
      _: sfg_pair_rows, rows: Int, _: UnsafePointer<UInt32>, steps: Int, into _: sfg_pair_target
    ) { missing() }

    private static func missing() -> Never {
      preconditionFailure("HardwareBFloat16: not on this processor")
    }
  }
#endif
