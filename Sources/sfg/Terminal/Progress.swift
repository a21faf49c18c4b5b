/// How far a piece of long work has come.
struct Progress {
  /// What is being done, such as "epoch 2/10".
  var label: String
  /// Rows done.
  var rows: Int
  /// Rows there are; nil where nobody knows yet.
  var totalRows: Int?
  /// The share of the work that is done, where it is known better or otherwise than by rows.
  var fraction: Double?
  /// Rows done in a second.
  var rowsPerSecond: Double
  /// The mean loss so far; nil where there is none.
  var loss: Double?

  /// The most telling parts that fit into `width` characters.
  func text(width: Int) -> String {
    var text = ""
    for part in parts {
      let longer = text.isEmpty ? part : "\(text) · \(part)"
      guard longer.count <= width else { break }
      text = longer
    }
    return text.isEmpty ? String(label.prefix(max(width, 0))) : text
  }

  private var parts: [String] {
    var parts = [label]
    let done = Readable.count(rows)
    parts.append(totalRows.map { "\(done) of \(Readable.count($0)) rows" } ?? "\(done) rows")
    if rowsPerSecond > 0 { parts.append("\(Readable.count(rowsPerSecond)) rows/s") }
    if let secondsLeft { parts.append("\(Readable.duration(secondsLeft)) left") }
    if let loss { parts.append("loss \(Readable.fixed(loss, decimals: 4))") }
    return parts
  }

  /// The time that the rest takes at the speed so far.
  private var secondsLeft: Double? {
    guard rowsPerSecond > 0 else { return nil }
    if let fraction, fraction > 0 {
      return Double(rows) / rowsPerSecond * max(1 / fraction - 1, 0)
    }
    return totalRows.map { Double(max($0 - rows, 0)) / rowsPerSecond }
  }
}
