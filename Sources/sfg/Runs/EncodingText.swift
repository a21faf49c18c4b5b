import ClickData
import Configuration
import Foundation
import Platform

/// What the terminal shows of the encodings of fields.
enum EncodingText {
  /// How many fields have each encoding, and what is lost by the hashed ones, in one line.
  static func line(_ encoder: FittedEncoder) -> String {
    var counts: [(name: String, fields: Int)] = []
    for name in encoder.fields.map(\.encodingName) {
      if let place = counts.firstIndex(where: { $0.name == name }) {
        counts[place].fields += 1
      } else {
        counts.append((name, 1))
      }
    }
    let worst = encoder.fields.compactMap { field -> (name: String, share: Double)? in
      guard let distinct = field.distinct else { return nil }
      return field.expectedCollisionShare(distinct: distinct).map { (field.name, $0) }
    }.max { $0.share < $1.share }
    var line = "encodings: " + counts.map { "\($0.fields) \($0.name)" }.joined(separator: ", ")
    if let worst, worst.share > 0.01 {
      line +=
        "; of the values of \(worst.name) about \(Readable.percent(worst.share)) share their bucket"
    }
    return line
  }

  /// What the encodings lose, a line per field, and the overrides that keep it; empty without any.
  static func losses(_ inspection: Inspection) -> String {
    let losses = inspection.losses
    guard !losses.isEmpty else { return "" }
    let lines = losses.map { field, loss in "\(field.name): \(sentence(loss, field))" }
    let cures = losses.map { field, loss in
      "    \(YAMLWord.written(field.name)): \(cure(loss.cure))"
    }
    return
      (["encodings that lose values"] + lines
      + ["to keep them, add to the configuration:", "features:", "  overrides:"] + cures)
      .joined(separator: "\n")
  }

  /// What an encoding loses of a field.
  static func sentence(_ loss: EncodingLoss, _ field: FieldInspection) -> String {
    let encoding = field.summary.field.encodingName
    switch loss.kind {
    case .collisions(let share):
      return "\(Readable.percent(share)) of its values share their bucket (\(encoding))"
    case .merged(let kept, let largest):
      return "its buckets keep \(Readable.percent(kept)) of the information of balanced quantiles, "
        + "and \(Readable.percent(largest)) of the rows are in one of them (\(encoding))"
    case .rare(let share, let minCount):
      return "\(Readable.percent(share)) of the rows have values that occur fewer than \(minCount) "
        + "times, which share one row (\(encoding))"
    case .range(let largest):
      return "numbers of up to \(String(format: "%.6g", largest)) multiply its vector (\(encoding))"
    }
  }

  /// An encoding as the value of an override.
  static func cure(_ encoding: FieldEncoding) -> String {
    switch encoding {
    case .categorical(.hash(let buckets)): "{encoding: hash, buckets: \(buckets)}"
    case .categorical(.autoHash(let most)):
      "{encoding: hash, buckets: auto, max_buckets: \(most)}"
    case .categorical(.vocabulary(let minCount)):
      "{encoding: vocabulary, min_count: \(minCount)}"
    case .categorical(.auto), .numeric(.auto): "{encoding: auto}"
    case .numeric(.logBucket): "{encoding: log_bucket}"
    case .numeric(.quantile(let buckets)): "{encoding: quantile, quantiles: \(buckets)}"
    case .numeric(.value): "{encoding: value}"
    case .numeric(.standardValue): "{encoding: value, scale: standard}"
    }
  }
}

extension FittedField {
  /// The name of the encoding in a configuration.
  var encodingName: String {
    switch encoding {
    case .hash: "hash"
    case .vocabulary: "vocabulary"
    case .logBucket: "log_bucket"
    case .quantile: "quantile"
    case .value, .standardValue: "value"
    }
  }
}
