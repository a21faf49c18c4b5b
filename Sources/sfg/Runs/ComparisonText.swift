import Analysis
import Foundation

/// What a comparison found: a run a row, then a pair of runs a row.
enum ComparisonText {
  static func tables(_ comparison: Comparison) -> String {
    "\(comparison.rows) rows, \(comparison.positives) clicks\n\(runs(comparison))\n\n\(pairs(comparison))"
  }

  private static func runs(_ comparison: Comparison) -> String {
    var table = TextTable([
      "run": .left, "AUC": .right, "95 % interval": .right, "Logloss": .right,
      "95 % interval of it": .right,
    ])
    for judged in comparison.runs {
      table.add(
        judged.run.name, judged.auc.map { number($0.value) } ?? "undefined",
        judged.auc.map(interval) ?? "", number(judged.logloss.value), interval(judged.logloss))
    }
    return table.description
  }

  private static func pairs(_ comparison: Comparison) -> String {
    var table = TextTable([
      "difference": .left, "AUC": .right, "95 % interval": .right, "p (DeLong)": .right,
      "Logloss": .right, "95 % interval of it": .right, "p (paired t)": .right,
    ])
    for pair in comparison.pairs {
      let (first, second) = (comparison.runs[pair.first].run, comparison.runs[pair.second].run)
      table.add(
        "\(second.name) − \(first.name)",
        pair.auc.map { signed($0.estimate.value) } ?? "undefined",
        pair.auc.map { signedInterval($0.estimate) } ?? "",
        pair.auc.map { String(format: "%.2g", $0.chance) } ?? "",
        signed(pair.logloss.estimate.value), signedInterval(pair.logloss.estimate),
        String(format: "%.2g", pair.logloss.chance))
    }
    return table.description
  }

  private static func number(_ value: Double) -> String { Readable.fixed(value, decimals: 6) }
  private static func signed(_ value: Double) -> String { String(format: "%+.6f", value) }
  private static func interval(_ estimate: Comparison.Estimate) -> String {
    "\(number(estimate.lower)) … \(number(estimate.upper))"
  }
  private static func signedInterval(_ estimate: Comparison.Estimate) -> String {
    "\(signed(estimate.lower)) … \(signed(estimate.upper))"
  }
}
