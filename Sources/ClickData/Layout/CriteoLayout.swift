/// The Criteo format: 40 columns split by tabs, no header.
enum CriteoLayout {
  static let label = "label"
  private static let numeric = (1...13).map { "I\($0)" }
  private static let categorical = (1...26).map { "C\($0)" }
  static let columns = [label] + numeric + categorical

  static let fields =
    numeric.map { FieldDeclaration(name: $0, kind: .numeric) }
    + categorical.map { FieldDeclaration(name: $0, kind: .categorical, mayBeNumber: false) }
}
