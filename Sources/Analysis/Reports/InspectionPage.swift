import ClickData
import Foundation

/// The page that says what is in a data set: rows, notes, and tables of fields, numbers and frequent values.
public struct InspectionPage {
  private let inspection: Inspection
  private let areas: [Double?]
  private let title: String
  private let notes: [String]

  /// A page on an inspection; `areas` are the AUCs of each field alone, `notes` the sentences at its top.
  public init(_ inspection: Inspection, areas: [Double?], title: String, notes: [String]) {
    (self.inspection, self.areas, self.title, self.notes) = (inspection, areas, title, notes)
  }

  /// The page, which needs no network.
  public var text: String {
    let summary = inspection.summary
    var page = HTMLPage(
      title: "Data of \(title)",
      lead: "\(NumberText.grouped(summary.rows)) rows, \(NumberText.grouped(summary.positives)) "
        + "clicks, click rate \(percent(summary.clickRate)), "
        + "\(NumberText.grouped(summary.badRows)) bad rows left out.")
    page.list(notes + summary.badRowMessages.map { "skipped \($0)" })
    page.heading("Fields")
    page.table(fields)
    if inspection.fields.contains(where: \.isNumeric) { page.table(numbers) }
    page.heading("Most frequent values")
    page.table(frequent)
    page.heading("What the columns mean")
    page.definitions(Self.meanings)
    return page.text
  }

  private var fields: HTMLTable {
    HTMLTable(
      caption: "What the fields hold",
      header: [
        "Field", "Distinct", "Missing", "Table rows", "Shared", "Automatic buckets",
        "Minimum count", "AUC alone",
      ],
      rows: zip(inspection.fields, areas).map { field, area in
        let summary = field.summary
        let shared = field.collisionShare ?? summary.expectedCollisionShare
        return [
          .word(summary.field.name),
          .number((summary.isExact ? "" : "≈ ") + NumberText.grouped(summary.distinct)),
          .number(share(summary.missing)),
          .number(NumberText.grouped(summary.field.schema.rows)),
          .number(shared.map(percent) ?? "–"),
          .number(field.suggestedBuckets.map(NumberText.grouped) ?? "–"),
          .number(field.isNumeric ? "–" : "\(field.suggestedMinCount)"),
          .number(NumberText.fixed(area, 3)),
        ]
      })
  }

  private var numbers: HTMLTable {
    HTMLTable(
      caption: "What the numbers are",
      header: ["Field", "Smallest", "Largest", "Blank", "Negative", "Not whole"],
      rows: inspection.fields.filter(\.isNumeric).map { field in
        [
          .word(field.summary.field.name), .number(number(field.summary.numbers?.lowerBound)),
          .number(number(field.summary.numbers?.upperBound)), .number(share(field.summary.missing)),
          .number(share(field.negative)), .number(share(field.fractional)),
        ]
      })
  }

  private var frequent: HTMLTable {
    let columns = 5
    return HTMLTable(
      caption: "The most frequent values of each field, and the share of the rows that have them",
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

  private func percent(_ share: Double) -> String { "\(NumberText.fixed(100 * share, 2)) %" }

  private func number(_ value: Double?) -> String {
    guard let value else { return "–" }
    if value == value.rounded(), abs(value) < 1e15 { return NumberText.grouped(Int(value)) }
    let text = String(format: "%.6g", value)
    return text.hasPrefix("-") ? "\u{2212}\(text.dropFirst())" : text
  }

  private static let meanings: [(term: String, meaning: String)] = [
    (
      "Distinct",
      "Values that are not blank: counted up to 65,536, beyond that estimated within about 1 %."
    ),
    (
      "Shared",
      "Values that share their row of the table with another: counted where all values are, "
        + "else expected of as many values hashed uniformly."
    ),
    ("Automatic buckets", "What buckets: auto would give the field."),
    (
      "Minimum count",
      "The largest of 1, 2, 5 and 10 that leaves out values of at most 5 % of the rows."
    ),
    (
      "AUC alone",
      "How well the field alone ranks rows held out, by the click rate that its values had in the "
        + "other rows; beyond 0.95 it may have been written after the click."
    ),
  ]
}
