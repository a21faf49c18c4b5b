/// The check of a state that was read from a file.
extension TrainingState {
  /// More than any run counts, and far enough below 2⁶³ for sums and products of counts.
  static let largestCount = 1 << 43

  /// The first number that no run can have, in words; nil if there is none.
  ///
  /// A checkpoint's checksum does not prove its origin, and training adds to these numbers.
  var problem: String? {
    let counts =
      recordCounts + positionCounts + record.evaluations.flatMap(\.counts)
      + reports.flatMap(\.counts)
      + record.passes.flatMap(\.counts) + record.parts.flatMap(\.counts)
    if let count = counts.first(where: { !$0.range.contains($0.value) }) {
      return "\(count.name) is \(count.value), expected \(count.range.lowerBound) to "
        + "\(count.range.upperBound)"
    }
    let rates =
      record.evaluations.map(\.learningRate) + reports.map(\.learningRate)
      + [schedule.learningRate]
    if let rate = rates.first(where: { $0 <= 0 || !$0.isFinite }) {
      return "a learning rate is \(rate), expected a number above 0"
    }
    guard position.lossSinceEvaluation.isFinite, position.loss.isFinite else {
      return "its sum of losses is not finite"
    }
    guard [position.weight, position.weightSinceEvaluation].allSatisfy({ $0 >= 0 && $0.isFinite })
    else { return "its sum of weights is not a number of at least 0" }
    guard record.best.map(record.evaluations.contains) ?? true else {
      return "its best evaluation is not one of its evaluations"
    }
    return nil
  }

  private var reports: [TrainingReport] { record.reports + (endedEpoch.map { [$0] } ?? []) }

  private var recordCounts: [Count] {
    [
      Count("record.rows", record.rows), Count("record.steps", record.steps, upTo: record.rows),
      Count("record.epochs", record.epochs), Count("earlierSteps", earlierSteps ?? 0),
    ]
  }

  private var positionCounts: [Count] {
    [
      // Between epochs it is the next one.
      Count(
        "position.epoch", position.epoch, from: max(record.epochs, 1), upTo: record.epochs &+ 1),
      Count("position.rows", position.rows, upTo: record.rows),
      Count("position.steps", position.steps, upTo: min(record.steps, position.rows)),
      Count("position.positives", position.positives, upTo: position.rows),
      Count(
        "position.rowsSinceEvaluation", position.rowsSinceEvaluation, upTo: record.rows),
      Count("schedule.failures", schedule.failures, upTo: record.evaluations.count),
    ]
  }
}

/// A count that was read from a file, and the values that a run can have given it.
private struct Count {
  let name: String
  let value: Int
  let range: ClosedRange<Int>

  init(_ name: String, _ value: Int, from first: Int = 0, upTo last: Int? = nil) {
    self.name = name
    self.value = value
    // The bounds are counts themselves, and are checked first.
    range = first...max(first, min(last ?? TrainingState.largestCount, TrainingState.largestCount))
  }
}

extension Evaluation {
  fileprivate var counts: [Count] {
    [
      Count("an evaluation's step", step), Count("an evaluation's epoch", epoch),
      Count("an evaluation's rows", rows), Count("an evaluation's number of rows", metrics.rows),
      Count("an evaluation's clicks", metrics.positives, upTo: metrics.rows),
    ] + (metrics.grouped?.counts ?? [])
  }
}

extension GroupedAUC {
  fileprivate var counts: [Count] {
    [
      Count("an evaluation's groups", groups), Count("an evaluation's grouped rows", rows),
      Count("an evaluation's groups left out", groupsLeftOut),
      Count("an evaluation's rows left out", rowsLeftOut),
    ]
  }
}

extension TrainingReport {
  fileprivate var counts: [Count] {
    [
      Count("a report's step", step), Count("a report's epoch", epoch),
      Count("a report's rows", rows),
    ]
  }
}

extension PartEvaluation {
  fileprivate var counts: [Count] {
    [
      Count("a part's number", number), Count("a part's step", step),
      Count("a part's training rows", trainRows), Count("a part's rows", rows),
    ] + (unseen?.counts ?? [])
  }
}

extension PassRecord {
  fileprivate var counts: [Count] {
    [
      Count("a pass's rows", rows), Count("a pass's bad rows", badRows?.count ?? 0),
      Count("a pass's blank rows", blankRows),
    ] + (unseen?.counts ?? [])
  }
}

extension UnseenValues {
  fileprivate var counts: [Count] {
    [
      Count("a pass's values", values), Count("a pass's unseen values", unseen),
      Count("a pass's number of unseen fields", strangeCount),
    ]
      + (worst + strange).flatMap {
        [Count("a field's values", $0.values), Count("a field's unseen values", $0.unseen)]
      }
  }
}
