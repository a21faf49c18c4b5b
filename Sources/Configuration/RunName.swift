/// The name of a run whose configuration has no `run` key.
enum RunName {
  /// The name where no file has one.
  static let fallback = "run"

  /// The names of files without folders and extension, joined: different files, different runs.
  ///
  /// Pipes such as `<(…)` have no names.
  static func of(_ paths: [String]) -> String {
    let files = paths.filter { !$0.hasPrefix("/dev/") && !$0.hasPrefix("/proc/") }
    let names = files.map(name(of:)).filter(isValid)
    return names.isEmpty ? fallback : names.joined(separator: "-")
  }

  /// Whether a name can be that of a folder.
  static func isValid(_ name: String) -> Bool {
    !["", ".", ".."].contains(name) && !name.contains("/") && !name.contains("\0")
  }

  private static func name(of path: String) -> String {
    let file = path.split(separator: "/").last.map(String.init) ?? ""
    for suffix in [".yaml", ".yml"] where file.hasSuffix(suffix) {
      return String(file.dropLast(suffix.count))
    }
    return file
  }
}
