import Platform

/// The mean of the AUC of each group of rows, weighted by the group's rows: GAUC.
///
/// `GAUC = Σ_g n_g·AUC_g / Σ_g n_g` over the groups that have rows of both classes (Zhou et al.,
/// Deep Interest Network, KDD 2018); the others are left out and counted.
public struct GroupedAUC: Equatable, Sendable, Codable {
  /// The name in files and tables.
  public static let name = "GAUC"

  /// The groups that count.
  public private(set) var groups = 0
  /// Their rows.
  public private(set) var rows = 0
  /// The groups of one class only.
  public private(set) var groupsLeftOut = 0
  /// Their rows.
  public private(set) var rowsLeftOut = 0
  private var weighted = 0.0

  /// No groups.
  public init() {}

  /// The mean; nil where no group has both classes.
  public var value: Double? { groups == 0 ? nil : weighted / Double(rows) }

  /// The share of the rows that are left out.
  public var shareLeftOut: Double { Double(rowsLeftOut) / Double(max(rows + rowsLeftOut, 1)) }

  /// Adds a group; one of a single class has no AUC.
  public mutating func add(rows count: Int, auc: Double?) {
    guard let auc else {
      groupsLeftOut += 1
      rowsLeftOut += count
      return
    }
    groups += 1
    rows += count
    weighted += Double(count) * auc
  }

  /// The number and what it is made of, as the members of a JSON object.
  public var json: [(String, JSONValue)] {
    [
      (Self.name, .optional(value)), ("GAUC_groups", .integer(groups)),
      ("GAUC_groups_left_out", .integer(groupsLeftOut)),
      ("GAUC_rows_left_out", .integer(rowsLeftOut)),
    ]
  }
}
