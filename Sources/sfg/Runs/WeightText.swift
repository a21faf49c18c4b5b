import ClickData
import Training

/// Log lines about the rows that do not count once, and about corrected predictions.
enum WeightText {
  /// What training reports of its data.
  static func lines(_ data: DatasetSettings) -> [String] {
    let evaluated = [Split.valid, .test].filter(data.has)
    return lines(
      data, evaluated.map { (name: $0.rawValue, negativeRate: data.negativeRate(of: $0)) })
  }

  /// What an evaluation reports of its rows, of which a share of the negatives was kept.
  static func lines(
    _ data: DatasetSettings, _ rows: [(name: String, negativeRate: Double)]
  ) -> [String] {
    weight(data) + correction(data) + sampling(data, rows)
  }

  private static func weight(_ data: DatasetSettings) -> [String] {
    data.weight.map { ["weights: rows count with the number in column \"\($0)\""] } ?? []
  }

  private static func correction(_ data: DatasetSettings) -> [String] {
    guard data.negativeRate != 1 else { return [] }
    return [
      "negative_rate \(Readable.number(data.negativeRate)): predictions are corrected, "
        + "logit \(Readable.fixed(data.logitShift, decimals: 4))"
    ]
  }

  private static func sampling(
    _ data: DatasetSettings, _ rows: [(name: String, negativeRate: Double)]
  ) -> [String] {
    let sampled = rows.filter { $0.negativeRate != 1 }.map { name, rate in
      "\(name): metrics estimate those of all rows: each negative counts "
        + "\(Readable.number(1 / rate)) times"
    }
    let complete = rows.filter { $0.negativeRate == 1 && data.negativeRate != 1 }.map { name, _ in
      "\(name): metrics take these rows as complete: no negative was left out"
    }
    return sampled + complete
  }

  /// What a command reports that counts every row of a run once.
  static func unweighted(
    _ command: String, run: String, _ data: DatasetSettings, negativeRate: Double
  ) -> String? {
    let weight = data.weight.map { "without its weights (\($0))" }
    let sampled = negativeRate == 1 ? nil : "as sampled, with uncorrected predictions"
    let parts = [weight, sampled].compactMap(\.self)
    guard !parts.isEmpty else { return nil }
    return "\(run): \(command) counts every row once, \(parts.joined(separator: " and "))"
  }
}
