import LinearAlgebra

/// Partial sums of a parameter's gradient over a batch's pieces, which are added as a tree.
///
/// For gradients that are added term by term: products and `ColumnSums` have their own.
final class PieceSums {
  /// The partial sums of all levels but the first, which is the gradient itself.
  private let partials: [Matrix]
  private let share: BatchShare

  /// Allocates for gradients of a parameter.
  init(_ context: LayerContext, of parameter: Parameter) {
    share = context.share
    let levels = BatchPieces(rows: context.batchCapacity).levels(addsLeaves: false)
    partials = (1..<levels).map { _ in
      Matrix(rows: parameter.gradient.rows, columns: parameter.gradient.columns)
    }
  }

  /// Adds `Σ_pieces` of what `leaf` adds to a part of a parameter's gradient, on the calling
  /// thread.
  ///
  /// The part is zero; `part` selects it in a matrix of the gradient's shape.
  func add(
    batch: Int, to gradient: MatrixView, part: (MatrixView) -> MatrixView = { $0 },
    leaf: (_ piece: Int, _ rows: Range<Int>, _ target: MatrixView) -> Void
  ) {
    func target(_ level: Int) -> MatrixView {
      part(level == 0 ? gradient : partials[level - 1].view)
    }
    let pieces = share.pieces(rows: batch)
    pieces.sum(addsLeaves: false) { piece, level, _ in
      let target = target(level)
      if level > 0 { target.fill(0) }
      leaf(piece, pieces[piece], target)
    } merge: { level in
      target(level).add(target(level + 1))
    }
  }
}
