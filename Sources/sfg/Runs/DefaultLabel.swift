import ClickData

/// The warning about a label that no configuration names.
enum DefaultLabel {
  /// Prints the column that is taken for the label, where the header alone decides.
  static func report(_ dataset: Dataset, on line: ProgressLine) throws {
    guard let label = try dataset.defaultLabel() else { return }
    line.event(
      "warning: the label is \"\(label)\", the first column of the header; "
        + "set dataset.label to name it")
  }
}
