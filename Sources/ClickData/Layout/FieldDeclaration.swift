/// A field as the data declares it, before the settings say how it is encoded.
struct FieldDeclaration: Equatable {
  var name: String
  var kind: DatasetSettings.Field.Kind
  /// Whether a number can stand in it at all.
  var mayBeNumber = true
  /// Of a field that holds several values: how they become one vector.
  var sequence: SequenceRule?
}

extension FieldDeclaration {
  /// The declaration of a field that the settings name.
  init(_ field: DatasetSettings.Field, format: DatasetSettings.Format) {
    name = field.name
    kind = field.kind
    // A feature's number is a name, and of several numbers no category could be made.
    mayBeNumber =
      switch field.kind {
      case .numeric: true
      case .categorical: format == .delimited
      case .sequence: false
      }
    sequence = field.kind == .sequence ? field.sequence : nil
  }
}
