import ClickData
import Foundation
import Platform

/// The findings of `sfg inspect`, as text for a terminal of some width and as JSON.
struct InspectionText {
  let inspection: Inspection
  /// The AUC of each field alone.
  let areas: [Double?]
  /// Where the source is divided by the order of a column.
  var split: SplitBoundaries?
  let width: Int

  /// The sentences about anomalies.
  var notes: InspectionNotes { InspectionNotes(inspection: inspection, areas: areas) }

  /// Rows, notes, and tables of fields, numbers and frequent values.
  var text: String {
    let summary = inspection.summary
    let skipped = summary.badRows.count
    let share = Readable.percent(summary.badRows.share(beside: summary.rows))
    let bad = skipped > 0 ? ", \(skipped) bad rows skipped (\(share))" : ""
    let head =
      "\(summary.rows) rows, \(summary.positives) clicks, click rate "
      + "\(Readable.percent(summary.clickRate))\(bad)"
    let lines =
      [head] + (split.map { [SplitText.line($0)] } ?? [])
      + summary.badRows.messages.map { "skipped \($0)" } + notes.lines
    return
      [
        lines.joined(separator: "\n"), EncodingText.losses(inspection), fieldTable, numberTable,
        frequentValues,
      ]
      .filter { !$0.isEmpty }.joined(separator: "\n\n")
  }

  private var fieldTable: String {
    let areas = Dictionary(
      zip(inspection.fields.map(\.name), areas), uniquingKeysWith: { first, _ in first })
    return fitting([
      Column("field", .left) { $0.name },
      Column("encoding", .left, rank: 3) { $0.encodingName },
      Column("distinct") { ($0.summary.isExact ? "" : "~") + "\($0.summary.distinct)" },
      Column("missing") { share($0.summary.missing) },
      Column("table\nrows", rank: 2) { "\($0.summary.field.schema.rows)" },
      Column("bucket\ncollisions") { field in
        if let counted = field.collisionShare { return Readable.percent(counted) }
        return field.summary.expectedCollisionShare.map { "~" + Readable.percent($0) } ?? ""
      },
      Column("auto\nbuckets", rank: 1) { $0.suggestedBuckets.map(String.init) ?? "" },
      Column("suggested\nmin_count") { $0.isNumeric ? "" : "\($0.suggestedMinCount)" },
      Column("AUC alone", rank: 4) { field in
        (areas[field.name] ?? nil).map { Readable.fixed($0, decimals: 3) } ?? ""
      },
    ])
  }

  private var numberTable: String {
    let fields = inspection.fields.filter(\.isNumeric)
    guard !fields.isEmpty else { return "" }
    return fitting(
      [
        Column("number", .left) { $0.name },
        Column("smallest") { Self.number($0.summary.numbers?.lowerBound) },
        Column("largest") { Self.number($0.summary.numbers?.upperBound) },
        Column("blank") { share($0.summary.missing) },
        Column("negative") { share($0.negative) },
        Column("fractional") { share($0.fractional) },
      ], fields)
  }

  private var frequentValues: String {
    let names = inspection.fields.map { Self.cut($0.name, 24) }
    let margin = max((names.map(\.count).max() ?? 0) + 2, "most frequent".count + 2)
    let lines = zip(names, inspection.fields).map { name, field in
      var line = name + String(repeating: " ", count: margin - name.count)
      for (index, value) in field.top.enumerated() {
        let part = "\(Self.cut(value.text, 20)) \(share(value.count))"
        let longer = index == 0 ? line + part : line + " · " + part
        guard longer.count <= width || index == 0 else { break }
        line = longer
      }
      return line
    }
    return "most frequent\n" + lines.joined(separator: "\n")
  }

  private func share(_ rows: Int) -> String {
    Readable.percent(Double(rows) / Double(max(inspection.summary.rows, 1)))
  }

  private static func cut(_ text: String, _ most: Int) -> String {
    text.count <= most ? text : text.prefix(most - 1) + "…"
  }

  /// A number of a field; blank for nil.
  private static func number(_ value: Double?) -> String {
    guard let value else { return "" }
    return Int(exactly: value).flatMap { abs($0) < 1_000_000_000 ? "\($0)" : nil }
      ?? String(format: "%.6g", value)
  }
}

extension InspectionText {
  /// One column of a table of fields; on a narrow terminal the lowest ranks are dropped first.
  private struct Column {
    let heading: String
    let side: TextTable.Alignment
    let rank: Int
    let text: (FieldInspection) -> String

    init(
      _ heading: String, _ side: TextTable.Alignment = .right, rank: Int = .max,
      _ text: @escaping (FieldInspection) -> String
    ) {
      (self.heading, self.side, self.rank, self.text) = (heading, side, rank, text)
    }
  }

  /// A table with as many of the columns as fit into the width.
  private func fitting(_ columns: [Column], _ fields: [FieldInspection]? = nil) -> String {
    var columns = columns
    while true {
      var table = TextTable(columns.map { ($0.heading, $0.side) })
      for field in fields ?? inspection.fields { table.add(columns.map { $0.text(field) }) }
      let text = table.description
      let isNarrow = text.split(separator: "\n").allSatisfy { $0.count <= width }
      guard !isNarrow, let least = columns.indices.min(by: { columns[$0].rank < columns[$1].rank }),
        columns[least].rank < .max
      else { return text }
      columns.remove(at: least)
    }
  }
}

extension FieldInspection {
  /// The field's name.
  var name: String { summary.field.name }

  /// The name of the encoding in a configuration.
  fileprivate var encodingName: String { summary.field.encodingName }
}

extension InspectionText {
  /// All findings, as one object.
  var json: JSONValue {
    let summary = inspection.summary
    return .object([
      ("rows", .integer(summary.rows)), ("positives", .integer(summary.positives)),
      ("click_rate", .number(summary.clickRate)), ("bad_rows", .integer(summary.badRows.count)),
      ("first_bad_rows", .array(summary.badRows.messages.map { .text($0) })),
      ("duplicate_rows", .integer(inspection.duplicateRows)),
      ("duplicates_from_one_line_in", .integer(inspection.duplicatesSampled)),
      ("hours", inspection.hours.map(Self.json) ?? .null),
      ("split", split.map(SplitText.json) ?? .null),
      ("sampled_rows", .integer(inspection.sample.rows)),
      ("fields", .array(zip(inspection.fields, areas).map(Self.json))),
      ("losses", .array(inspection.losses.map(Self.json))),
    ])
  }

  private static func json(_ hours: HourOrder) -> JSONValue {
    .object([
      ("first", .text(hours.first)), ("last", .text(hours.last)),
      ("descents", .integer(hours.descents)),
    ])
  }

  private static func json(_ field: FieldInspection, _ area: Double?) -> JSONValue {
    let summary = field.summary
    return .object([
      ("field", .text(field.name)), ("encoding", .text(field.encodingName)),
      ("distinct", .integer(summary.distinct)), ("exact", .boolean(summary.isExact)),
      ("missing", .integer(summary.missing)),
      ("smallest", .optional(summary.numbers?.lowerBound)),
      ("largest", .optional(summary.numbers?.upperBound)),
      ("negative", field.isNumeric ? .integer(field.negative) : .null),
      ("not_whole", field.isNumeric ? .integer(field.fractional) : .null),
      ("table_rows", .integer(summary.field.schema.rows)),
      ("collision_share", .optional(field.collisionShare)),
      ("expected_collision_share", .optional(summary.expectedCollisionShare)),
      ("suggested_buckets", field.suggestedBuckets.map { .integer($0) } ?? .null),
      ("suggested_min_count", field.isNumeric ? .null : .integer(field.suggestedMinCount)),
      ("rare", .array(field.rare.map(json))),
      ("top", .array(field.top.map(json))), ("top_undercount", .integer(field.undercount)),
      ("sorted", .boolean(field.isAscending)), ("AUC_alone", .optional(area)),
    ])
  }

  private static func json(_ field: FieldInspection, _ loss: EncodingLoss) -> JSONValue {
    .object([
      ("field", .text(field.name)), ("loss", .text(EncodingText.sentence(loss, field))),
      ("override", .text(EncodingText.cure(loss.cure))),
    ])
  }

  private static func json(_ rare: RareShare) -> JSONValue {
    .object([
      ("below", .integer(rare.minCount)), ("values", .number(rare.values)),
      ("rows", .number(rare.rows)),
    ])
  }

  private static func json(_ value: FrequentValue) -> JSONValue {
    .object([("value", .text(value.text)), ("rows", .integer(value.count))])
  }
}

/// Sentences about anomalies: duplicate rows, order, leaks, identifiers and constants.
struct InspectionNotes {
  let inspection: Inspection
  /// The AUC of each field alone.
  let areas: [Double?]

  /// The sentences.
  var lines: [String] { [duplicates] + order + fields }

  private var duplicates: String {
    let repeated = inspection.duplicateRows
    guard inspection.duplicatesSampled > 1 else {
      return repeated == 0
        ? "no duplicate rows" : "\(repeated) rows duplicate an earlier row, including its label"
    }
    return "about \(Readable.count(repeated)) rows duplicate an earlier row, including its label "
      + "(estimated from one line in \(inspection.duplicatesSampled))"
  }

  private var order: [String] {
    guard let hours = inspection.hours else { return [] }
    let place = "hours from \(hours.first) to \(hours.last)"
    return [
      hours.descents == 0
        ? "\(place), ascending"
        : "\(place), not in order: \(hours.descents) rows are earlier than the row before them"
    ]
  }

  private var fields: [String] {
    zip(inspection.fields, areas).flatMap { field, area in
      var lines: [String] = []
      if let area, area > LeakageProbe.threshold {
        lines.append(
          "\(field.name) alone reaches AUC \(Readable.fixed(area, decimals: 4)) on held-out rows: "
            + "is it known before the click?")
      }
      if field.isIdentifier {
        lines.append(
          "\(field.name) has a different value in nearly every row: is it an identifier?")
      }
      if field.summary.distinct <= 1, field.summary.missing == 0 || field.summary.distinct == 0 {
        lines.append("\(field.name) is constant")
      }
      if field.isAscending { lines.append("the rows are sorted by \(field.name)") }
      return lines
    }
  }
}
