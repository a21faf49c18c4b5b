/// What walks over the keys of a configuration.
///
/// Each key is declared once, in the `visit` of its section. A reader, a writer and a lister walk over the
/// same declarations, so none of them can know a key that another does not.
protocol KeyVisitor {
  /// One value. Where `context` is given, such as "format: criteo", the key has no meaning beside it.
  mutating func key<Value>(
    _ name: String, _ value: inout Value, _ form: Form<Value>, meaninglessWith context: String?
  ) throws

  /// A mapping with keys of its own; `start` is what it starts from where it is written at all.
  mutating func section<Section: KeyedSection>(
    _ name: String, _ section: inout Section, startingFrom start: Section?) throws

  /// A mapping with keys of its own that may be left out.
  mutating func section<Section: KeyedSection>(_ name: String, _ section: inout Section?) throws

  /// A mapping whose names are the user's.
  mutating func table<Section: KeyedSection>(
    _ name: String, _ sections: inout [String: Section]) throws
}

extension KeyVisitor {
  /// One value that always has a meaning.
  mutating func key<Value>(_ name: String, _ value: inout Value, _ form: Form<Value>) throws {
    try key(name, &value, form, meaninglessWith: nil)
  }

  /// A mapping with keys of its own, over what is known of it already.
  mutating func section<Section: KeyedSection>(
    _ name: String, _ section: inout Section
  ) throws {
    try self.section(name, &section, startingFrom: nil)
  }
}

/// A part of the configuration that declares its keys.
protocol KeyedSection {
  /// The defaults.
  init()

  /// Shows a visitor every key with the value it belongs to.
  mutating func visit(_ keys: inout some KeyVisitor) throws
}
