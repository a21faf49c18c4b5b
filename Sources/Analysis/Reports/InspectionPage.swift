import ClickData
import Foundation

/// The page of `sfg inspect`: rows, notes, and tables of fields, numbers and frequent values.
public struct InspectionPage {
  private let inspection: Inspection
  private let areas: [Double?]
  private let title: String
  private let notes: [String]

  /// Creates the page; `areas` are the AUCs of each field alone, `notes` its first sentences.
  public init(_ inspection: Inspection, areas: [Double?], title: String, notes: [String]) {
    (self.inspection, self.areas, self.title, self.notes) = (inspection, areas, title, notes)
  }

  /// The page as HTML.
  public var text: String {
    let summary = inspection.summary
    var page = HTMLPage(
      title: "Dataset: \(title)",
      lead:
        "\(NumberFormat.grouped(summary.rows)) rows, \(NumberFormat.grouped(summary.positives)) "
        + "clicks, click rate \(percent(summary.clickRate)), "
        + "\(NumberFormat.grouped(summary.badRows.count)) bad rows skipped.")
    page.list(notes + summary.badRows.messages.map { "skipped \($0)" })
    page.heading("Fields")
    page.table(fields)
    if inspection.fields.contains(where: \.isNumeric) { page.table(numbers) }
    page.heading("Most frequent values")
    page.table(frequent)
    page.heading("Definitions of the columns")
    page.definitions(Self.meanings)
    return page.text
  }

  private var fields: ReportTable {
    ReportTable(
      caption: "Content and encoding of each field",
      header: [
        "Field", "Distinct", "Missing", "Table rows", "Bucket collisions", "Automatic buckets",
        "Suggested min_count", "AUC alone",
      ],
      rows: zip(inspection.fields, areas).map { field, area in
        let summary = field.summary
        let collisions = field.collisionShare ?? summary.expectedCollisionShare
        return [
          .word(summary.field.name),
          .number((summary.isExact ? "" : "≈ ") + NumberFormat.grouped(summary.distinct)),
          .number(share(summary.missing)),
          .number(NumberFormat.grouped(summary.field.schema.rows)),
          .number(percent(collisions)),
          .number(field.suggestedBuckets.map(NumberFormat.grouped) ?? "–"),
          .number(field.isNumeric ? "–" : "\(field.suggestedMinCount)"),
          .number(NumberFormat.fixed(area, 3)),
        ]
      })
  }

  private var numbers: ReportTable {
    ReportTable(
      caption: "Numeric fields",
      header: ["Field", "Smallest", "Largest", "Blank", "Negative", "Fractional"],
      rows: inspection.fields.filter(\.isNumeric).map { field in
        [
          .word(field.summary.field.name), .number(number(field.summary.numbers?.lowerBound)),
          .number(number(field.summary.numbers?.upperBound)), .number(share(field.summary.missing)),
          .number(share(field.negative)), .number(share(field.fractional)),
        ]
      })
  }

  private var frequent: ReportTable {
    let columns = 5
    return ReportTable(
      caption: "The most frequent values of each field, with their share of the rows",
      header: ["Field"] + (1...columns).map { "\($0)" },
      rows: inspection.fields.map { field in
        [.word(field.summary.field.name)]
          + (0..<columns).map { rank in
            guard rank < field.top.count else { return .word("") }
            return .word("\(field.top[rank].text) (\(share(field.top[rank].count)))")
          }
      })
  }

  private func share(_ rows: Int) -> String {
    percent(Double(rows) / Double(max(inspection.summary.rows, 1)))
  }

  private func percent(_ share: Double?) -> String { NumberFormat.percent(share, 2) }

  private func number(_ value: Double?) -> String {
    guard let value else { return "–" }
    if value == value.rounded(), abs(value) < 1e15 { return NumberFormat.grouped(Int(value)) }
    let text = String(format: "%.6g", value)
    return text.hasPrefix("-") ? "\u{2212}\(text.dropFirst())" : text
  }

  private static let meanings: [(term: String, meaning: String)] = [
    (
      "Distinct",
      "The number of different values, blank excluded: exact up to 65,536, an estimate within about 1 % beyond."
    ),
    (
      "Bucket collisions",
      "The share of values that share their table row with another value: exact if all distinct values "
        + "were counted, otherwise the expectation for as many values hashed uniformly."
    ),
    ("Automatic buckets", "The number of buckets that buckets: auto would choose."),
    (
      "Suggested min_count",
      "The largest of 1, 2, 5 and 10 whose excluded values cover at most 5 % of the rows."
    ),
    (
      "AUC alone",
      "The AUC on held-out rows when they are ranked by the click rate of the field's values in the "
        + "other rows; above 0.95 the field may have been recorded after the click."
    ),
  ]
}
