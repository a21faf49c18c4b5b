import ClickData
import LinearAlgebra
import Models
import Platform
import Training

/// Collects the rows of an evaluation by the values of columns.
final class SegmentPass {
  /// The columns that the batches carry: those to report on, and the run's own groups.
  let columns: [String]
  private let reported: Int
  private var groups: [GroupedRows] = []
  private let ownGroup: Int?

  /// `group` is the column of the run's own groups; nil where it is not evaluated.
  init(by reported: [String], group: String?) {
    self.reported = reported.count
    columns = reported + (group.map { reported.contains($0) ? [] : [$0] } ?? [])
    ownGroup = group.flatMap(columns.firstIndex)
  }

  /// Starts the groups of rows that still have this share of their negatives.
  func begin(negativeRate: Double) {
    groups = columns.map { _ in GroupedRows(negativeRate: negativeRate) }
  }

  func add(_ batch: EncodedBatch, logits: MatrixView) throws {
    for (column, rows) in groups.enumerated() {
      try rows.add(batch, column: column, logits: logits)
    }
  }

  /// The mean AUC of the run's own groups.
  func ownAUC() throws -> GroupedAUC? { try ownGroup.map { try groups[$0].auc() } }

  /// Writes one table per column to a folder.
  func write(to folder: String) throws -> [SegmentReport] {
    var files: [String] = []
    return try (0..<reported).map { column in
      let path = "\(folder)/\(Self.fileName(of: columns[column], besides: files))"
      files.append(String(path.dropFirst(folder.count + 1)))
      let table = try SegmentTable(path)
      var summary = SegmentSummary()
      try groups[column].forEachSegment { segment in
        summary.add(segment)
        try table.add(segment)
      }
      try table.commit()
      return SegmentReport(column: columns[column], path: path, summary: summary)
    }
  }

  /// A name that any file system takes, and no other column of this pass has.
  private static func fileName(of column: String, besides others: [String]) -> String {
    let safe = String(
      column.prefix(64).map {
        $0.isASCII && ($0.isLetter || $0.isNumber || "_-".contains($0)) ? $0 : "_"
      })
    var name = "\(safe).csv"
    var number = 2
    while others.contains(where: { $0.lowercased() == name.lowercased() }) {
      name = "\(safe)_\(number).csv"
      number += 1
    }
    return name
  }
}

/// The segments of one column, for people and programs.
struct SegmentReport {
  let column: String
  let path: String
  let summary: SegmentSummary

  /// A table of the largest segments, and the mean AUC.
  var text: String {
    var table = TextTable([
      (PrintableText.of(column), .left), ("rows", .right), ("clicks", .right), ("CTR", .right),
      ("AUC", .right), ("Logloss", .right), ("calibration", .right),
    ])
    for segment in summary.largest {
      table.add(
        Self.text(segment.name), "\(segment.rows)", "\(segment.clicks)",
        Readable.percent(segment.clickRate), Readable.metric(segment.auc),
        Readable.metric(segment.logloss), Readable.metric(segment.calibration, decimals: 4))
    }
    return "\(table)\n\(rest)\(groupedText)\nsegments: \(path)"
  }

  private var rest: String {
    let rest = summary.count - summary.largest.count
    return rest > 0 ? "and \(rest) smaller ones\n" : ""
  }

  private var groupedText: String {
    let grouped = summary.grouped
    let left =
      grouped.groupsLeftOut == 0
      ? ""
      : "; \(grouped.groupsLeftOut) of one class only, with "
        + "\(Readable.percent(grouped.shareLeftOut)) of the rows, are left out"
    return "\(GroupedAUC.name) by \(PrintableText.of(column)): \(Readable.metric(grouped.value)) "
      + "over \(grouped.groups) groups\(left)"
  }

  var json: JSONValue {
    .object(
      [("values", .integer(summary.count))] + summary.grouped.json
        + [
          ("file", .text(path)),
          (
            "largest",
            .array(
              summary.largest.map { segment in
                .object([
                  ("value", .text(String(decoding: segment.name, as: UTF8.self))),
                  ("rows", .integer(segment.rows)), ("clicks", .integer(segment.clicks)),
                  ("ctr", .number(segment.clickRate)), ("AUC", .optional(segment.auc)),
                  ("logloss", .optional(segment.logloss)),
                  ("calibration", .optional(segment.calibration)),
                ])
              })
          ),
        ])
  }

  /// A value for people; the empty one is a missing value.
  private static func text(_ name: [UInt8]) -> String {
    guard !name.isEmpty else { return "(missing)" }
    let text = String(validating: name, as: UTF8.self).map(PrintableText.of)
    let whole = text ?? PrintableText.of(bytes: name)
    return whole.count > 40 ? "\(whole.prefix(39))…" : whole
  }
}
