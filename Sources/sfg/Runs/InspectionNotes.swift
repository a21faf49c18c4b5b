import ClickData

/// What of an inspection deserves a sentence: order, repeated rows, leaks, identifiers and constants.
struct InspectionNotes {
  private let inspection: Inspection
  private let areas: [Double?]

  init(_ text: InspectionText) { (inspection, areas) = (text.inspection, text.areas) }

  init(_ inspection: Inspection, areas: [Double?]) {
    (self.inspection, self.areas) = (inspection, areas)
  }

  /// The sentences.
  var lines: [String] { [duplicates] + order + fields }

  private var duplicates: String {
    let repeated = inspection.duplicateRows
    guard inspection.duplicatesSampled > 1 else {
      return repeated == 0
        ? "no row repeats another" : "\(repeated) rows repeat an earlier one, label and all"
    }
    return "about \(Readable.count(repeated)) rows repeat an earlier one, label and all "
      + "(told from one line in \(inspection.duplicatesSampled))"
  }

  private var order: [String] {
    guard let hours = inspection.hours else { return [] }
    let place = "hours from \(hours.first) to \(hours.last)"
    return [
      hours.descents == 0
        ? "\(place), ascending"
        : "\(place), not in order: \(hours.descents) rows are earlier than the row before"
    ]
  }

  private var fields: [String] {
    zip(inspection.fields, areas).flatMap { field, area in
      var lines: [String] = []
      if let area, area > LeakageProbe.threshold {
        lines.append(
          "\(field.name) alone reaches AUC \(Readable.fixed(area, decimals: 4)) on rows held out: "
            + "is it known before the click?")
      }
      if field.isIdentifier {
        lines.append("\(field.name) has a value of its own in nearly every row: an identifier?")
      }
      if field.summary.distinct <= 1, field.summary.missing == 0 || field.summary.distinct == 0 {
        lines.append("\(field.name) never changes")
      }
      if field.isAscending { lines.append("the rows are sorted by \(field.name)") }
      return lines
    }
  }
}
