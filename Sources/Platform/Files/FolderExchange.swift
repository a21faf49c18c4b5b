import Glibc

extension Folder {
  /// Exchanges two folders with one parent: each gets the other's path.
  ///
  /// This is one step, without a moment in which a path has no folder, on file systems that can do
  /// it. On others the folder at `path` is at `spare` for a moment, and `restore` undoes what a
  /// killed process left. Throws `FileFailure`; then nothing has changed.
  public static func exchange(_ path: String, _ other: String, spare: String) throws {
    switch exchangeAtOnce(path, other) {
    case 0: break
    case EINVAL, ENOSYS: try exchangeInSteps(path, other, spare: spare)
    case let code:
      errno = code
      throw FileFailure.last("replace the folder", path)
    }
    sync(parent(of: path))
  }

  /// The error of `renameat2`, which Swift's module of the C library omits; 0 after success.
  private static func exchangeAtOnce(_ path: String, _ other: String) -> Int32 {
    typealias Rename =
      @convention(c) (
        Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32
      ) -> Int32
    let exchange: UInt32 = 1 << 1
    guard let address = dlsym(nil, "renameat2") else { return ENOSYS }
    let rename = unsafeBitCast(address, to: Rename.self)
    return rename(AT_FDCWD, path, AT_FDCWD, other, exchange) == 0 ? 0 : errno
  }

  /// Exchanges two folders by three renames.
  static func exchangeInSteps(_ path: String, _ other: String, spare: String) throws {
    guard rename(path, spare) == 0 else { throw FileFailure.last("replace the folder", path) }
    guard rename(other, path) == 0 else {
      let failure = FileFailure.last("replace the folder", path)
      rename(spare, path)
      throw failure
    }
    guard rename(spare, other) == 0 else {
      throw FileFailure.last("move the replaced folder", spare)
    }
  }

  /// Undoes the first of the renames of an exchange in steps, where a process was killed after it.
  public static func restore(_ path: String, spare: String) {
    guard access(path, F_OK) != 0, access(spare, F_OK) == 0 else { return }
    rename(spare, path)
  }
}
