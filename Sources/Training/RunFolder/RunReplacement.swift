import Foundation
import Platform

/// A run that is trained beside a finished one, and takes its place once it has finished itself.
///
/// Until then the finished run is not touched, whatever happens to the new one. The new run's
/// folder is hidden, has the same parent, and holds a mark; after the exchange the mark shows that
/// the replaced run has yet to be removed.
public struct RunReplacement {
  /// The folder of the new run.
  public let folder: RunFolder
  /// The finished run's folder, from the root, links resolved.
  private let home: String

  private static let mark = ".next"

  /// Describes the replacement of a run, without creating or reading anything.
  public init(of run: RunFolder) {
    home = Self.resolved(run.path)
    folder = RunFolder(Self.sibling(of: home, "next"))
  }

  /// Whether a new run has begun and was interrupted after its first checkpoint, or finished
  /// without taking its place.
  public var canResume: Bool { isMarked(folder.path) && folder.hasCheckpoint }

  /// Starts a new run beside the finished one; what an earlier attempt left is removed.
  public func begin() throws {
    try discard()
    try Folder.make(folder.path)
    try AtomicFile.write("", to: "\(folder.path)/\(Self.mark)")
    try folder.claim()
  }

  /// Starts a new run with all files of the finished one that training goes on from.
  ///
  /// Files are linked where the file system can do that: writing replaces them by others.
  public func beginFromFinishedRun() throws {
    try begin()
    let names = ["config.yaml", "metrics.jsonl", "checkpoint", "encoder", "tensorboard"]
    for name in names where access("\(home)/\(name)", F_OK) == 0 {
      let (from, to) = ("\(home)/\(name)", "\(folder.path)/\(name)")
      do {
        try FileManager.default.linkItem(atPath: from, toPath: to)
      } catch {
        try? FileManager.default.removeItem(atPath: to)
        do {
          try FileManager.default.copyItem(atPath: from, toPath: to)
        } catch {
          throw FileFailure.refused(path: to, operation: "copy the run", reason: "\(error)")
        }
      }
    }
  }

  /// Removes the new run, if there is one.
  public func discard() throws {
    let path = folder.path
    guard let names = try? Folder.names(in: path) else { return }
    guard isMarked(path) || names.isEmpty else {
      throw FileFailure.refused(
        path: path, operation: "replace the run",
        reason: "found a folder of this name that is not a run in progress; remove it")
    }
    folder.release()
    try? FileManager.default.removeItem(atPath: path)
  }

  /// Puts the new run in the place of the finished one and removes that one.
  public func commit() throws {
    try Folder.exchange(home, folder.path, spare: Self.sibling(of: home, "old"))
    removeReplacedRun()
  }

  /// Locks a run's folder and completes what a killed process left of a replacement.
  public static func claim(_ run: RunFolder) throws {
    let home = resolved(run.path)
    Folder.restore(home, spare: sibling(of: home, "old"))
    try run.claim()
    RunReplacement(of: run).removeReplacedRun()
  }

  /// Removes the replaced run after an exchange, and moves files that are not a run's.
  private func removeReplacedRun() {
    guard isMarked(home) else { return }
    let replaced = folder.path
    for name in (try? Folder.names(in: replaced)) ?? [] {
      if RunFolder.names.contains(name) {
        try? FileManager.default.removeItem(atPath: "\(replaced)/\(name)")
      } else if access("\(home)/\(name)", F_OK) != 0 {
        rename("\(replaced)/\(name)", "\(home)/\(name)")
      }
    }
    guard rmdir(replaced) == 0 || errno == ENOENT else { return }
    unlink("\(home)/\(Self.mark)")
  }

  private func isMarked(_ path: String) -> Bool { access("\(path)/\(Self.mark)", F_OK) == 0 }

  /// A hidden folder beside another one.
  private static func sibling(of path: String, _ word: String) -> String {
    let name = path.split(separator: "/").last.map(String.init) ?? ""
    let parent = Folder.parent(of: path)
    return "\(parent == "/" ? "" : parent)/.\(name).\(word)"
  }

  /// The path from the root, links resolved; the last folder may be missing.
  private static func resolved(_ path: String) -> String {
    func real(_ path: String) -> String? {
      guard let found = realpath(path, nil) else { return nil }
      defer { free(found) }
      return String(cString: found)
    }
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    if let found = real(path) { return found }
    guard let parent = real(Folder.parent(of: path)) else { return path }
    return "\(parent)/\(path.split(separator: "/").last.map(String.init) ?? "")"
  }
}
