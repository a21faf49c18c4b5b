/// A fixed piece of an update: the same rows of every parameter whose rows share cache lines.
///
/// A row's weight and its embedding lie behind one slot number: one thread changes both while the line is at hand.
struct RowUpdates {
  let parameters: [Int]
  let rows: Range<Int>

  /// Cuts all parameters, by the longest of the rows that lie together; the cuts depend on their shapes alone.
  static func all(of parameters: [OptimizedParameter]) -> [RowUpdates] {
    let neighbours = Dictionary(grouping: parameters.indices) { parameters[$0].lines }
    return parameters.enumerated().flatMap { index, parameter -> [RowUpdates] in
      guard let together = neighbours[parameter.lines], together.first == index else { return [] }
      let width = together.map { parameters[$0].width }.max() ?? 1
      return UpdateTask.pieces(of: parameter.gradientRows, width: width).map {
        RowUpdates(parameters: together, rows: $0)
      }
    }
  }
}

extension OptimizedParameter {
  /// Whose cache lines the rows lie in: those of the field's slot numbers, or the parameter's own.
  fileprivate var lines: ObjectIdentifier {
    guard let touched, parameter.storage?.isBesideSlot == true else {
      return ObjectIdentifier(parameter)
    }
    return ObjectIdentifier(touched)
  }
}
