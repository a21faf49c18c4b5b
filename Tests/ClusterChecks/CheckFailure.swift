/// A result that differs from its definition.
public struct CheckFailure: Error, CustomStringConvertible {
  /// What differs, in one line.
  public let description: String

  /// Describes a difference.
  public init(_ description: String) { self.description = description }
}

/// Throws unless a condition holds: what a rank's thread records is not part of a test.
public func expect(_ holds: Bool, _ description: @autoclosure () -> String) throws {
  guard !holds else { return }
  throw CheckFailure(description())
}
