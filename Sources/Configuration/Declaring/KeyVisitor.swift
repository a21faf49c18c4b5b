/// Visits the keys of a configuration.
///
/// Each key is declared once, in the `visit` of its section. The reader, the writer and the lister
/// visit the same declarations, so all of them know the same keys.
protocol KeyVisitor {
  /// One value. If `context` is given, such as "format: criteo", the key has no meaning with it.
  mutating func key<Value>(
    _ name: String, _ value: inout Value, _ form: Form<Value>, meaninglessWith context: String?
  ) throws

  /// A mapping with declared keys; if it is written, it starts from `start` instead of its present
  /// value.
  mutating func section<Section: KeyedSection>(
    _ name: String, _ section: inout Section, startingFrom start: Section?) throws

  /// A mapping with declared keys that may be omitted.
  mutating func section<Section: KeyedSection>(_ name: String, _ section: inout Section?) throws

  /// A mapping whose names the user chooses.
  mutating func table<Section: KeyedSection>(
    _ name: String, _ sections: inout [String: Section]) throws

  /// Whether the user wrote a key of this section, which may imply the value of another one.
  func isWritten(_ name: String) -> Bool

  /// Keys that are read only if a condition on the values of others holds.
  ///
  /// They may be written all the same, so a file that others extend may set them for all.
  mutating func read(if condition: Bool, _ declare: (inout Self) throws -> Void) throws
}

extension KeyVisitor {
  func isWritten(_ name: String) -> Bool { false }

  mutating func read(if condition: Bool, _ declare: (inout Self) throws -> Void) throws {
    try declare(&self)
  }

  /// One value that always has a meaning.
  mutating func key<Value>(_ name: String, _ value: inout Value, _ form: Form<Value>) throws {
    try key(name, &value, form, meaninglessWith: nil)
  }

  /// A mapping with declared keys, applied to its present value.
  mutating func section<Section: KeyedSection>(_ name: String, _ section: inout Section) throws {
    try self.section(name, &section, startingFrom: nil)
  }
}

/// A part of the configuration that declares its keys.
protocol KeyedSection {
  /// The defaults.
  init()

  /// What may be written in place of a value that is no mapping; nil for most sections.
  static var example: String? { get }

  /// Declares every key, with its value, to a visitor.
  mutating func visit(_ keys: inout some KeyVisitor) throws
}

extension KeyedSection {
  static var example: String? { nil }
}

/// Which of its keys a configuration shows.
enum KeyScope {
  /// Every key that may be written.
  case all
  /// Those that are read beside the values of others.
  case effective
}
