/// The warning about a label that no configuration names.
enum DefaultLabel {
  /// The column that is taken for the label, where the header alone decides.
  static func warning(_ label: String) -> String {
    "warning: the label is \"\(label)\", the first column of the header; "
      + "set dataset.label to name it"
  }
}
