import ArgumentParser

/// What holds for every option that names a folder.
enum FolderOption {
  /// Refuses an empty name, which would stand for the root of the file system.
  static func check(_ path: String, _ option: String) throws {
    guard path.isEmpty else { return }
    throw ValidationError("'\(option)' takes a folder's name, found an empty text.")
  }
}
