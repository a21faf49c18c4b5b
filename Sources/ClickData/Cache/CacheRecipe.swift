import Glibc

/// What the encoded rows of a split depend on, the content of the files aside.
///
/// Rows of another recipe have another file. The recipe stands in the manifest as text, so that two recipes with
/// one hash are told apart, and so that a person can see what a cache is of.
struct CacheRecipe: Equatable {
  /// The split's name, as sentences have it.
  let split: String
  /// The files, from the root, links resolved.
  let files: [String]
  /// All of it, a line each.
  let lines: [String]

  init(
    split: Split, paths: [String], format: TextFormat, sampler: SplitSampler?,
    encoder: FittedEncoder
  ) {
    self.split = "\(split)"
    files = paths.map(Self.resolved)
    // A row's place in a source depends on the name that its file is given, which a link may change.
    lines =
      [
        format.description,
        "encoder \(encoder.fingerprint)",
        "rows \(sampler?.recipe ?? "all")",
      ] + zip(paths, files).map { "file \(InputPaths.lastComponent($0)) at \($1)" }
  }

  /// The name of its files, without the ending.
  var name: String {
    let text = lines.joined(separator: "\n")
    let hash = Array(text.utf8).withUnsafeBytes { ContentHash.of($0) }
    return "\(split)-\(ContentHash.text(hash))"
  }

  private static func resolved(_ path: String) -> String {
    guard let found = realpath(path, nil) else { return path }
    defer { free(found) }
    return String(cString: found)
  }
}
