import ClickData
import Testing

/// One row of a pass, copied from its batch.
struct ReadRow: Hashable {
  var position: UInt64
  var label: Float
  var ids: [UInt32]
  var values: [Float]
  /// The ids of each sequence field, and their weights.
  var sequences: [[UInt32]] = []
  var weights: [[Float]] = []
}

extension BatchStream {
  /// Every row of the pass.
  func allRows() throws -> [ReadRow] {
    var rows: [ReadRow] = []
    while let batch = try next() {
      let sequences = (0..<batch.fields).compactMap(batch.sequence)
      for row in 0..<batch.rows {
        rows.append(
          ReadRow(
            position: batch.positions[row], label: batch.labels[row],
            ids: (0..<batch.fields).map { batch.ids($0)[row] },
            values: (0..<batch.fields).map { batch.values($0)?[row] ?? 1 },
            sequences: sequences.map { column in column.places(row).map { column.ids[$0] } },
            weights: sequences.map { column in column.places(row).map { column.weights[$0] } }))
      }
    }
    return rows
  }
}

extension Dataset {
  /// Every row of a split under fixed encodings.
  func rows(
    of split: Split = .train, batchSize: Int = 7, order: RowOrder = .stored
  ) throws -> [ReadRow] {
    try batches(of: split, encoder: try fit(), batchSize: batchSize, order: order).allRows()
  }
}

/// Settings and lines of small data sets.
enum Sample {
  static func criteo(_ paths: [String]) -> DatasetSettings {
    var settings = DatasetSettings()
    settings.train = paths
    return settings
  }

  static func delimited(_ paths: [String], fields: [DatasetSettings.Field] = []) -> DatasetSettings
  {
    var settings = criteo(paths)
    settings.format = .delimited
    settings.fields = fields
    return settings
  }

  static var fixed: FeatureSettings {
    var features = FeatureSettings()
    features.categorical = .hash(buckets: 1000)
    features.numeric = .logBucket
    return features
  }

  /// Hashes whose buckets a scan counts, and `log_bucket`.
  static var hashed: FeatureSettings {
    var features = fixed
    features.categorical = .autoHash(maxBuckets: 1_000_000)
    return features
  }

  /// A Criteo line whose values encode its number.
  static func criteoLine(_ row: Int) -> String {
    let numbers = (1...13).map { $0 == 3 ? "" : "\(row * $0 - 5)" }
    let texts = (1...26).map { $0 == 7 ? "" : "c\($0)-\(row % ($0 + 2))" }
    return (["\(row % 2)"] + numbers + texts).joined(separator: "\t")
  }

  static func criteoText(_ rows: Range<Int>) -> String {
    rows.map { criteoLine($0) + "\n" }.joined()
  }

  static let avazuHeader =
    "id,click,hour,C1,banner_pos,site_id,site_domain,site_category,app_id,app_domain,app_category,"
    + "device_id,device_ip,device_model,device_type,device_conn_type,C14,C15,C16,C17,C18,C19,C20,C21"

  static func avazuLine(hour: String) -> String {
    "1000009418151094273,1,\(hour),1005,0,1fbe01fe,f3845767,28905ebd,ecad2386,7801e8d9,07d7df22,"
      + "a99f214a,ddd2926e,44956a24,1,2,15706,320,50,1722,0,35,-1,79"
  }
}

/// The description of the error that a body throws.
func sentence(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "nothing was thrown"
  } catch {
    return "\(error)"
  }
}
