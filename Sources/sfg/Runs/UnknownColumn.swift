import ClickData
import Configuration
import Platform

/// A column that an option names and that the data does not have.
struct UnknownColumn: Failure, Equatable {
  let option: String
  let name: String
  let columns: [String]
  let path: String
  /// A mistake on the command line, or in the configuration.
  var status = FailureStatus.usage

  var description: String {
    let near = Spelling.nearest(to: name, among: columns)
    let advice =
      near.map { "did you mean \($0)?" }
      ?? "expected one of \(columns.prefix(40).joined(separator: ", "))"
    return "\(option) \(name): \(path) has no such column; \(advice)"
  }

  /// Runs `body`, in which only this option can name columns that are missing.
  static func naming<Result>(
    _ option: String, _ status: FailureStatus = .usage, _ body: () throws -> Result
  ) throws -> Result {
    do {
      return try body()
    } catch DataFailure.noColumn(let name, let columns, let path) {
      throw UnknownColumn(option: option, name: name, columns: columns, path: path, status: status)
    }
  }

  /// Refuses a column that an option names twice.
  static func repeated(in names: [String]) -> String? {
    names.enumerated().first { names[..<$0.offset].contains($0.element) }?.element
  }
}
