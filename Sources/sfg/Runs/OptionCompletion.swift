import ArgumentParser
import Configuration
import Glibc
import Platform

extension CompletionKind {
  /// YAML files.
  static var yaml: CompletionKind { .file(extensions: ["yaml", "yml"]) }

  /// Folders of runs: those below `runs`, and any folder.
  static var run: CompletionKind {
    .custom { _, _, prefix in RunCompletion.folders(prefix, in: "") }
  }

  /// Keys of a configuration.
  static var key: CompletionKind { .list(RunConfiguration.keys) }

  /// Keys of a configuration, each with an equals sign.
  static var override: CompletionKind { .list(RunConfiguration.keys.map { "\($0)=" }) }

  /// The names of weights that most runs have.
  static var checkpoint: CompletionKind { .list(["best", "last"]) }
}

/// Finds folders that may be meant by the beginning of a path.
enum RunCompletion {
  /// The runs below `runs`, where the beginning may mean one, and the folders that it may mean.
  ///
  /// `root` is put before every relative path that is looked for; it ends with a slash, or is
  /// empty.
  static func folders(_ beginning: String, in root: String) -> [String] {
    let parent = beginning.lastIndex(of: "/").map { String(beginning[...$0]) } ?? ""
    let base = parent.hasPrefix("/") ? parent : root + parent
    let beside = ((try? Folder.names(in: base.isEmpty ? "." : base)) ?? [])
      .filter { access("\(base)\($0)/.", F_OK) == 0 }.map { "\(parent)\($0)" }
    // Other folders may be the root of a whole disk.
    let mayBeRun = "runs/".hasPrefix(beginning) || beginning.hasPrefix("runs/")
    let runs = mayBeRun ? (try? RunListing.paths(below: "\(root)runs")) ?? [] : []
    return Set(beside + runs.map { "runs/\($0)" }).filter { $0.hasPrefix(beginning) }.sorted()
  }
}
