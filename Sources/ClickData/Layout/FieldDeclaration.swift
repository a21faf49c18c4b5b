/// A field as the data declares it, before the settings say how it is encoded.
struct FieldDeclaration: Equatable {
  var name: String
  var kind: DatasetSettings.Field.Kind
  /// Whether a number can stand in it at all.
  var mayBeNumber = true
}
