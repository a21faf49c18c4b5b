import Platform

/// An encoder after the values of more rows were appended to its vocabularies.
///
/// All ids that there were before keep their meaning, so that weights can be kept row by row.
/// Hashed tables, edges, means, deviations and logarithmic buckets stay as they were.
public struct EncoderGrowth {
  /// What was appended to the vocabulary of one field.
  public struct Field: Equatable, Sendable {
    /// The field that has the table.
    public let name: String
    /// Values that were appended.
    public let added: Int
    /// Values that occur often enough, for which `max_vocabulary` left no room.
    public let omitted: Int
  }

  /// The encoder that has grown.
  public let encoder: FittedEncoder
  /// The fields with more values than before, or with values that had no room.
  public let fields: [Field]
}

/// Data whose fields are not those that an encoder was fitted to.
public struct FieldsChanged: Failure, Equatable {
  /// Fields of the data that the encoder lacks.
  let added: [String]
  /// Fields of the encoder that the data lack.
  let removed: [String]

  /// The data contradict the encoder.
  public var status: FailureStatus { .badConfiguration }

  /// The failure in one line.
  public var description: String {
    func list(_ names: [String]) -> String {
      let rest = names.count - 3
      let shown = names.prefix(3).map { "\"\(Excerpt.of($0))\"" }.joined(separator: ", ")
      return shown + (rest > 0 ? " and \(rest) more" : "")
    }
    let changes =
      (added.isEmpty ? [] : ["found the new fields \(list(added))"])
      + (removed.isEmpty ? [] : ["the fields \(list(removed)) are missing"])
    return "dataset: \(changes.joined(separator: "; ")); expected the fields of the earlier run, "
      + "whose tables training goes on with; list them in dataset.fields, or train from the start"
  }
}
