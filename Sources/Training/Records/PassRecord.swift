import ClickData
import Platform

/// What a pass over one split read.
public struct PassRecord: Equatable, Sendable, Codable {
  /// A sequence field of which some rows have more values than its `max_len`.
  public struct Cut: Equatable, Sendable, Codable {
    /// The field's name.
    public let field: String
    /// The share of such rows.
    public let share: Double
  }

  /// The split's name.
  public let split: String
  /// Rows read.
  public let rows: Int
  /// Bad rows; nil after a pass that was cut short, because the reader was ahead of it.
  public let badRows: BadRows?
  /// Rows in which every field is blank.
  public private(set) var blankRows = 0
  /// Sequence fields that were cut, the largest shares first, up to five.
  public private(set) var cuts: [Cut] = []
  /// The values that training has never seen, of training rows those outside vocabularies; nil
  /// where a pass did not count them.
  public internal(set) var unseen: UnseenValues?

  private enum CodingKeys: CodingKey {
    case split, rows, badRows, blankRows, cuts, unseen
  }

  /// A pass that was cut short.
  init(split: String, rows: Int) {
    self.split = split
    self.rows = rows
    badRows = nil
  }

  /// A complete pass over rows of a schema.
  public init(
    split: String, _ progress: ReadingProgress, schema: [FieldSchema], unseen: UnseenValues? = nil
  ) {
    self.split = split
    rows = progress.rows
    badRows = progress.badRows
    blankRows = progress.findings.blankRows
    cuts = zip(schema, progress.findings.cuts).filter { $1 > 0 }
      .map { Cut(field: $0.name, share: Double($1) / Double(max(progress.rows, 1))) }
      .sorted { $0.share > $1.share }
    cuts = Array(cuts.prefix(5))
    self.unseen = unseen
  }
}

extension PassRecord {
  /// Warnings about the rows, one sentence each.
  public var warnings: [String] {
    var warnings: [String] = []
    if blankRows > 0 {
      warnings.append(
        "\(split): every field is blank in \(blankRows) of \(rows) rows "
          + "(\(PercentText.of(Double(blankRows) / Double(rows)))); check the columns and the files"
      )
    }
    if !cuts.isEmpty {
      let shares = cuts.map { "\($0.field) in \(PercentText.of($0.share)) of the rows" }
      warnings.append(
        "\(split): values beyond max_len are dropped: \(shares.joined(separator: ", ")); "
          + "raise max_len to keep them")
    }
    if let unseen, unseen.strangeCount > 0 {
      let shares = unseen.strange.map { "\(PercentText.of($0.share)) of \($0.name)" }
      let rest = unseen.strangeCount - shares.count
      let others = rest > 0 ? " and of \(rest) more fields" : ""
      warnings.append(
        "\(split): most values were never seen in training: \(shares.joined(separator: ", "))"
          + "\(others); check that they are written as in the training rows")
    }
    return warnings
  }
}

extension PassRecord {
  /// The pass together with a later one over other rows of the split.
  ///
  /// Its cut fields and unseen values are those of the later rows, if they were counted.
  func adding(_ later: PassRecord) -> PassRecord {
    var sum = PassRecord(
      split: split, rows: rows + later.rows,
      badRows: badRows.map { first in later.badRows.map(first.adding) ?? first } ?? later.badRows)
    sum.blankRows = blankRows + later.blankRows
    sum.cuts = later.cuts
    sum.unseen = later.unseen ?? unseen
    return sum
  }

  private init(split: String, rows: Int, badRows: BadRows?) {
    self.split = split
    self.rows = rows
    self.badRows = badRows
  }

  private enum OldKeys: CodingKey {
    case badRows, firstBadRows
  }

  /// Reads a pass; in version 0.1, the number and the messages of bad rows are two members.
  public init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    split = try members.decode(String.self, forKey: .split)
    rows = try members.decode(Int.self, forKey: .rows)
    blankRows = try members.decodeIfPresent(Int.self, forKey: .blankRows) ?? 0
    cuts = try members.decodeIfPresent([Cut].self, forKey: .cuts) ?? []
    unseen = try members.decodeIfPresent(UnseenValues.self, forKey: .unseen)
    let old = try decoder.container(keyedBy: OldKeys.self)
    guard let messages = try old.decodeIfPresent([String].self, forKey: .firstBadRows) else {
      badRows = try members.decodeIfPresent(BadRows.self, forKey: .badRows)
      return
    }
    badRows = try old.decodeIfPresent(Int.self, forKey: .badRows).map { count in
      var badRows = BadRows()
      (badRows.count, badRows.messages) = (count, messages)
      return badRows
    }
  }
}
