import Glibc

/// One of the three standard streams, by file descriptor.
public enum StandardStream: Int32, CaseIterable, Sendable {
  /// Standard input.
  case input = 0
  /// Standard output.
  case output = 1
  /// Standard error.
  case errors = 2

  /// The name in messages.
  public var name: String {
    switch self {
    case .input: "standard input"
    case .output: "standard output"
    case .errors: "standard error"
    }
  }

  /// Occupies the descriptors of streams that were closed at startup, so that no file gets them.
  ///
  /// Output would otherwise go to that file. Reading and writing still fail.
  public static func holdClosed() {
    for stream in allCases where fcntl(stream.rawValue, F_GETFD) < 0 {
      _ = open("/dev/null", stream == .input ? O_WRONLY : O_RDONLY)
    }
  }

  /// Writes a line unbuffered; throws `FileFailure` if it cannot be written completely.
  public func print(_ line: String) throws(FileFailure) { try write(line + "\n") }

  /// Writes text unbuffered; throws `FileFailure` if it cannot be written completely.
  public func write(_ text: String) throws(FileFailure) {
    let bytes = Array(text.utf8)
    var failure: FileFailure?
    bytes.withUnsafeBytes { bytes in
      do throws(FileFailure) { try write(bytes) } catch { failure = error }
    }
    if let failure { throw failure }
  }

  /// Writes bytes unbuffered; throws `FileFailure` if they cannot be written completely.
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
