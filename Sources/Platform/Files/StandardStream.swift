import Glibc

/// One of the three files that a program is started with, by its number.
public enum StandardStream: Int32, CaseIterable, Sendable {
  /// Standard input.
  case input = 0
  /// Standard output.
  case output = 1
  /// Standard error.
  case errors = 2

  /// What sentences call it.
  public var name: String {
    switch self {
    case .input: "standard input"
    case .output: "standard output"
    case .errors: "standard error"
    }
  }

  /// Takes the numbers of those that were closed before the start, so that no other file can get them.
  ///
  /// What is printed would go into that file. Reading and writing go on failing, as of what is closed.
  public static func holdClosed() {
    for stream in allCases where fcntl(stream.rawValue, F_GETFD) < 0 {
      _ = open("/dev/null", stream == .input ? O_WRONLY : O_RDONLY)
    }
  }

  /// Writes a line at once; throws `FileFailure` where it cannot be written whole.
  public func print(_ line: String) throws(FileFailure) {
    try write(line + "\n")
  }

  /// Writes a text at once; throws `FileFailure` where it cannot be written whole.
  public func write(_ text: String) throws(FileFailure) {
    let bytes = Array(text.utf8)
    var failure: FileFailure?
    bytes.withUnsafeBytes { bytes in
      do throws(FileFailure) { try write(bytes) } catch { failure = error }
    }
    if let failure { throw failure }
  }

  /// Writes bytes at once; throws `FileFailure` where they cannot be written whole.
  public func write(_ bytes: UnsafeRawBufferPointer) throws(FileFailure) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = Glibc.write(
        rawValue, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { throw .last("write", name) }
      rest = rest.dropFirst(written)
    }
  }
}
