/// A fixed piece of an update: the same rows of every parameter whose rows share cache lines.
///
/// A row's weight and its embedding lie behind one slot number: one thread changes both while the line is at hand.
struct RowUpdates {
  let parameters: [Int]
  let rows: Range<Int>

  /// Cuts all parameters, by the longest of the rows that lie together; the cuts depend on their shapes alone.
  static func all(of parameters: [OptimizedParameter]) -> [RowUpdates] {
    parameters.enumerated().flatMap { index, parameter -> [RowUpdates] in
      let together = parameters.indices.filter { parameters[$0].sharesLines(with: parameter) }
      guard together.first == index else { return [] }
      let width = together.map { parameters[$0].width }.max() ?? 1
      return UpdateTask.pieces(of: parameter.gradientRows, width: width).map {
        RowUpdates(parameters: together, rows: $0)
      }
    }
  }
}

extension OptimizedParameter {
  /// Whether the rows of another parameter, or of this one, lie in the same cache lines.
  fileprivate func sharesLines(with other: OptimizedParameter) -> Bool {
    if parameter === other.parameter { return true }
    return touched != nil && touched === other.touched
      && parameter.liesBehindSlot && other.parameter.liesBehindSlot
  }
}
