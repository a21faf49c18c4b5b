/// What a pass reads of a row beside its fields.
public enum RowReading: Equatable, Sendable {
  /// The label, and the values of further columns, as a field would have them.
  ///
  /// A value that the settings call missing is empty; a label is "0" or "1".
  case labelled(values: [String])
  /// No label, even if there is one, and the texts of further columns as they are written, in
  /// quotes or not.
  case unlabelled(texts: [String])

  /// Labels and fields.
  public static let training = RowReading.labelled(values: [])

  /// The further columns.
  public var columns: [String] {
    switch self {
    case .labelled(let columns), .unlabelled(let columns): columns
    }
  }

  var readsLabels: Bool { if case .labelled = self { true } else { false } }
}
