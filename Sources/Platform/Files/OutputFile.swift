import Glibc

/// Where a command writes a result as it goes: a file, a pipe, a device or standard output.
///
/// A file appears complete, at `commit`, or not at all. Nothing else can be replaced, so that its
/// bytes arrive as they are written.
public final class OutputFile {
  /// The path that means standard output.
  public static let standardOutput = "-"

  private enum Target {
    case file(AtomicFile)
    case stream(StandardStream)
    case opened(Int32)
  }

  private let path: String
  private let target: Target

  /// Opens an output; throws `FileFailure`.
  public init(_ path: String) throws {
    self.path = path
    var status = stat()
    if path == Self.standardOutput {
      target = .stream(.output)
    } else if stat(path, &status) == 0, ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT) {
      let descriptor = open(path, O_WRONLY | O_CLOEXEC)
      guard descriptor >= 0 else { throw FileFailure.last("write", path) }
      target = .opened(descriptor)
    } else {
      target = .file(try AtomicFile(path))
    }
  }

  deinit { if case .opened(let descriptor) = target { close(descriptor) } }

  /// Appends bytes.
  public func write(_ bytes: UnsafeRawBufferPointer) throws {
    switch target {
    case .file(let file): try file.write(bytes)
    case .stream(let stream): try stream.write(bytes)
    case .opened(let descriptor): try write(bytes, to: descriptor)
    }
  }

  /// Completes a file and moves it to its path.
  public func commit() throws { if case .file(let file) = target { try file.commit() } }

  private func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = Glibc.write(
        descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { throw FileFailure.last("write", path) }
      rest = rest.dropFirst(written)
    }
  }
}
