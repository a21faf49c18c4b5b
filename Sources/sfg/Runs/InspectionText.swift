import ClickData
import Foundation
import Platform

/// What an inspection found, for a terminal of some width.
struct InspectionText {
  let inspection: Inspection
  /// The AUC of each field alone.
  let areas: [Double?]
  let width: Int

  /// Rows, what is worth a look, and tables of fields, numbers and frequent values.
  var text: String {
    let summary = inspection.summary
    let bad = summary.badRows > 0 ? ", \(summary.badRows) bad rows left out" : ""
    let head =
      "\(summary.rows) rows, \(summary.positives) clicks, click rate "
      + "\(SummaryText.percent(summary.clickRate))\(bad)"
    let notes = summary.badRowMessages.map { "skipped \($0)" } + InspectionNotes(self).lines
    return
      ([([head] + notes).joined(separator: "\n"), fieldTable] + [numberTable, frequentValues])
      .filter { !$0.isEmpty }.joined(separator: "\n\n")
  }

  private var fieldTable: String {
    fitting([
      Column("field", .left) { $0.name },
      Column("encoding", .left, rank: 3) { SummaryText.encoding($0.summary.field) },
      Column("distinct") { ($0.summary.isExact ? "" : "~") + "\($0.summary.distinct)" },
      Column("missing") { share($0.summary.missing) },
      Column("table", rank: 2) { "\($0.summary.field.schema.rows)" },
      Column("shared") { field in
        if let counted = field.collisionShare { return SummaryText.percent(counted) }
        return field.summary.expectedCollisionShare.map { "~" + SummaryText.percent($0) } ?? ""
      },
      Column("auto", rank: 1) { $0.suggestedBuckets.map(String.init) ?? "" },
      Column("min count") { $0.isNumeric ? "" : "\($0.suggestedMinCount)" },
      Column("AUC alone", rank: 4) { field in
        let index = inspection.fields.firstIndex(of: field) ?? 0
        return areas[index].map { Readable.fixed($0, decimals: 3) } ?? ""
      },
    ])
  }

  private var numberTable: String {
    let fields = inspection.fields.filter(\.isNumeric)
    guard !fields.isEmpty else { return "" }
    return fitting(
      [
        Column("number", .left) { $0.name },
        Column("smallest") { SummaryText.number($0.summary.numbers?.lowerBound) },
        Column("largest") { SummaryText.number($0.summary.numbers?.upperBound) },
        Column("blank") { share($0.summary.missing) },
        Column("negative") { share($0.negative) },
        Column("not whole") { share($0.fractional) },
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
    SummaryText.percent(Double(rows) / Double(max(inspection.summary.rows, 1)))
  }

  private static func cut(_ text: String, _ most: Int) -> String {
    text.count <= most ? text : text.prefix(most - 1) + "…"
  }
}

extension InspectionText {
  /// One column of a table of fields; those of a lower rank are left out first where there is no room.
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

  /// A table with as many of the columns as there is room for.
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
}
