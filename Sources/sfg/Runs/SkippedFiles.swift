import ClickData

/// Log lines about the files of a folder or glob that are not read.
enum SkippedFiles {
  private static let maxLines = 5

  /// Prints a line per file, at most five, and the number of the others.
  static func report(_ dataset: Dataset, on line: ProgressLine) {
    let files = dataset.filesWithoutText
    for file in files.prefix(maxLines) { line.event("skipped \(file): it has no rows") }
    guard files.count > maxLines else { return }
    line.event("skipped \(files.count - maxLines) more files without rows")
  }
}
