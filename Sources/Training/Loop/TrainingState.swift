import Foundation
import Models
import Platform

/// What a checkpoint holds beside tensors: where training stands between two steps.
struct TrainingState: Codable, Equatable {
  /// The key in a checkpoint's metadata.
  static let key = "training"

  var record = TrainingRecord()
  var position = DataPosition()
  var schedule: PlateauSchedule.Progress

  /// As JSON in one fixed order of keys: equal states are equal texts.
  func text() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }

  /// Reads the text that stands in a checkpoint's metadata.
  init(_ metadata: [String: String], path: String) throws {
    guard let text = metadata[Self.key],
      let state = try? JSONDecoder().decode(TrainingState.self, from: Data(text.utf8))
    else {
      throw CheckpointFailure.damaged(
        path: path, finding: "its metadata do not say where training stood")
    }
    self = state
  }

  init(schedule: PlateauSchedule.Progress) { self.schedule = schedule }
}
