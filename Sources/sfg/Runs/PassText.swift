import ClickData

/// Log lines about what a pass over a split found.
enum PassText {
  /// The skipped rows with the first reasons; nil where no row was skipped.
  static func skipped(_ badRows: BadRows, beside good: Int, split: String) -> String? {
    guard badRows.count > 0 else { return nil }
    let share = badRows.share(beside: good)
    let reasons = badRows.messages.joined(separator: "; ")
    let first =
      badRows.count > badRows.messages.count ? "the first \(badRows.messages.count): " : ""
    return (share > 0.5 ? "warning: " : "") + "\(split): skipped \(badRows.count) of "
      + "\(badRows.count + good) rows (\(Readable.percent(share))): \(first)\(reasons)"
  }
}
