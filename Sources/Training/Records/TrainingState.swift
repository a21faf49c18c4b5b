import Foundation
import Models
import Platform

/// What a checkpoint holds besides tensors: the position of training between two steps.
struct TrainingState: Codable, Equatable {
  /// The key in a checkpoint's metadata.
  static let key = "training"

  var record = TrainingRecord()
  var position = DataPosition()
  /// The report of an epoch that has ended, while the evaluation at its end is under way.
  var endedEpoch: TrainingReport?
  var schedule: PlateauSchedule.Progress
  /// Steps of the runs before, with whose optimizer state this one began; nil without it.
  var earlierSteps: Int?

  /// Steps that the optimizer has taken.
  var optimizerSteps: Int { record.steps + (earlierSteps ?? 0) }

  /// JSON with sorted keys, so that equal states give equal texts.
  func text() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }

  /// Reads the text from a checkpoint's metadata.
  init(_ metadata: [String: String], path: String) throws {
    guard let text = metadata[Self.key],
      let state = try? JSONDecoder().decode(TrainingState.self, from: Data(text.utf8))
    else {
      throw CheckpointFailure.damaged(
        path: path, finding: "its metadata lack the state of training")
    }
    if let problem = state.problem {
      throw CheckpointFailure.damaged(path: path, finding: problem)
    }
    self = state
  }

  init(schedule: PlateauSchedule.Progress) { self.schedule = schedule }
}

/// The position of training in its data; the order of rows depends on the seed and the epoch alone.
struct DataPosition: Codable, Equatable {
  /// The current epoch, or between epochs the next one, counted from 1.
  var epoch = 1
  /// Steps taken in it.
  var steps = 0
  /// Rows seen in it.
  var rows = 0
  /// Clicked rows seen in it.
  var positives = 0
  /// The weighted sum of the losses of these rows.
  var loss = 0.0
  /// The sum of their weights: the number of rows where each counts once.
  var weight = 0.0
  /// Rows since the last evaluation, over epochs.
  var rowsSinceEvaluation = 0
  /// The weighted sum of their losses.
  var lossSinceEvaluation = 0.0
  /// The sum of their weights.
  var weightSinceEvaluation = 0.0

  /// Adds a step: its rows, their weights and the weighted mean of their losses.
  mutating func add(rows: Int, positives: Int, weight: Double, meanLoss: Double) {
    steps += 1
    self.rows += rows
    self.positives += positives
    loss += meanLoss * weight
    self.weight += weight
    rowsSinceEvaluation += rows
    lossSinceEvaluation += meanLoss * weight
    weightSinceEvaluation += weight
  }

  /// The weighted mean loss since the last evaluation; nil without weight.
  var meanLoss: Double? {
    weightSinceEvaluation > 0 ? lossSinceEvaluation / weightSinceEvaluation : nil
  }

  mutating func startAfterEvaluation() {
    (rowsSinceEvaluation, lossSinceEvaluation, weightSinceEvaluation) = (0, 0, 0)
  }

  mutating func startNextEpoch() {
    epoch += 1
    (steps, rows, positives, loss, weight) = (0, 0, 0, 0, 0)
  }
}

extension DataPosition {
  /// Reads a position; those of version 0.1 have no loss of their epoch.
  init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    epoch = try members.decode(Int.self, forKey: .epoch)
    steps = try members.decode(Int.self, forKey: .steps)
    rows = try members.decode(Int.self, forKey: .rows)
    positives = try members.decode(Int.self, forKey: .positives)
    rowsSinceEvaluation = try members.decode(Int.self, forKey: .rowsSinceEvaluation)
    lossSinceEvaluation = try members.decode(Double.self, forKey: .lossSinceEvaluation)
    loss = try members.decodeIfPresent(Double.self, forKey: .loss) ?? lossSinceEvaluation
    // States of programs without weights lack both sums.
    weight = try members.decodeIfPresent(Double.self, forKey: .weight) ?? Double(rows)
    weightSinceEvaluation =
      try members.decodeIfPresent(Double.self, forKey: .weightSinceEvaluation)
      ?? Double(rowsSinceEvaluation)
  }
}
