import Glibc

/// Small files that are read into memory, none of them beyond the limit of its kind.
public enum WholeFile {
  /// What a file should hold, and the most bytes that it may have.
  public struct Kind: Sendable {
    let name: String
    let limit: Int

    /// Describes a kind; `name` follows an article in messages, as in "a configuration".
    public init(_ name: String, limit: Int) {
      self.name = name
      self.limit = limit
    }

    /// A configuration; all values of one would not fit into the reader's own limit otherwise.
    public static let configuration = Kind("a configuration", limit: 4 << 20)
    /// An encoder, with about a hundred bytes per field.
    public static let encoder = Kind("an encoder", limit: 128 << 20)
    /// `metrics.jsonl`, with about half a kilobyte per line.
    public static let metrics = Kind("the metrics of a run", limit: 256 << 20)
    /// `result.json`, with about a hundred bytes per tensor.
    public static let result = Kind("the result of a run", limit: 128 << 20)
    /// What describes other files: encoded rows, the data of a run.
    public static let manifest = Kind("a list of files", limit: 64 << 20)
    /// A file through which the system reports.
    public static let system = Kind("a report of the system", limit: 1 << 20)
  }

  /// All bytes of a regular file; throws `FileFailure`, before reading where the size is too large.
  public static func read(_ path: String, _ kind: Kind) throws(FileFailure) -> [UInt8] {
    let (descriptor, status) = try RegularFile.open(path)
    defer { close(descriptor) }
    guard status.st_size <= kind.limit else { throw tooLarge(path, kind) }
    return try bytes(of: descriptor, path, kind)
  }

  /// The same for a file that a user names, which may also be a pipe such as `<(…)`.
  public static func readGiven(_ path: String, _ kind: Kind) throws(FileFailure) -> [UInt8] {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFIFO else {
      return try read(path, kind)
    }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .last("read", path) }
    defer { close(descriptor) }
    return try bytes(of: descriptor, path, kind)
  }

  /// The size of a file may change while it is read, and files of the system have none.
  private static func bytes(
    of descriptor: Int32, _ path: String, _ kind: Kind
  ) throws(FileFailure) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw .last("read", path) }
      guard count > 0 else { return bytes }
      guard bytes.count + count <= kind.limit else { throw tooLarge(path, kind) }
      bytes.append(contentsOf: buffer[..<count])
    }
  }

  private static func tooLarge(_ path: String, _ kind: Kind) -> FileFailure {
    .refused(
      path: path, operation: "read",
      reason: "found more than \(kind.limit) bytes, expected \(kind.name) of at most as many")
  }
}
