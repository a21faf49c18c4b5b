import ClickData
import Training

/// Log lines about what a pass over a split found.
enum PassText {
  /// All that an evaluation reports of its rows and of the predictions for them.
  static func lines(_ pass: PassRecord, _ metrics: Metrics) -> [String] {
    lines(pass) + metrics.warnings(of: pass.split).map { "warning: \($0.text)" }
  }

  /// All that reading rows has found: skipped rows, unseen values, warnings.
  static func lines(_ pass: PassRecord) -> [String] {
    let skipped = pass.badRows.flatMap { self.skipped($0, beside: pass.rows, split: pass.split) }
    return [skipped, unseen(pass)].compactMap(\.self) + pass.warnings.map { "warning: \($0)" }
  }

  /// The share of values that training has never seen, with the worst fields; nil without any.
  private static func unseen(_ pass: PassRecord) -> String? {
    guard let unseen = pass.unseen, unseen.unseen > 0 else { return nil }
    let worst = unseen.worst.map { "\($0.name) \(Readable.percent($0.share))" }
    return "\(pass.split): \(Readable.percent(unseen.share)) of the values were never seen in "
      + "training: \(worst.joined(separator: ", "))"
  }

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
