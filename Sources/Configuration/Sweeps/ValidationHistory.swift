import Foundation
import Training

/// The validation metrics of a run, and nothing else: a selection that reads this type alone cannot
/// depend on test rows.
public struct ValidationHistory: Equatable, Sendable {
  /// One evaluation of the validation rows during training.
  public struct Point: Equatable, Sendable {
    /// The epoch it belongs to, counted from 1.
    public let epoch: Int
    /// The area under the ROC curve; nil if a class is missing.
    public let auc: Double?
    /// The mean loss per row.
    public let logloss: Double?
  }

  /// The evaluations, in their order.
  public let points: [Point]

  /// Reads the evaluations of the validation rows in the text of `metrics.jsonl`.
  public init(metrics text: String) {
    points = text.split(separator: "\n").compactMap { line in
      guard let found = try? JSONDecoder().decode(Line.self, from: Data(line.utf8)),
        found.split == "valid"
      else { return nil }
      return Point(epoch: found.epoch, auc: found.AUC, logloss: found.logloss)
    }
  }

  private struct Line: Decodable {
    let split: String
    let epoch: Int
    let AUC: Double?
    let logloss: Double?
  }

  /// The AUC of the weights that a run keeps after some epochs: that of the evaluation that its
  /// monitor prefers; nil if none has one.
  public func auc(after epochs: Int, _ monitor: TrainingSettings.Monitor) -> Double? {
    func value(_ point: Point) -> Double? {
      guard let auc = point.auc, let logloss = point.logloss else { return nil }
      return monitor.auc * auc + monitor.logloss * logloss
    }
    var best: (value: Double, auc: Double)?
    for point in points where point.epoch <= epochs {
      guard let value = value(point), let auc = point.auc, value > best?.value ?? -.infinity
      else { continue }
      best = (value, auc)
    }
    return best?.auc
  }
}
