import ClickData

/// What happened to encoded rows, as a person reads it.
enum CacheText {
  /// One line.
  static func sentence(_ event: CacheEvent) -> String {
    switch event {
    case .used(let split, let path, let rows):
      "cache: \(Readable.count(rows)) \(split) rows come from \(path)"
    case .written(let split, let path, let bytes, let problem):
      "cache: " + (problem.map { "\(path) is not used: \(reason($0)); " } ?? "")
        + "\(split) rows go to \(path)" + (bytes.map { ", about \(Readable.count($0))B" } ?? "")
    case .unused(let split, let problem):
      "cache: none for the \(split) rows: \(reason(problem))"
    }
  }

  private static func reason(_ problem: CacheProblem) -> String {
    switch problem {
    case .version(let found):
      "it has version \(found) of the format, which this program does not read"
    case .damaged(let what): "it is damaged (\(what))"
    case .changed(let path): "\(path) has changed since it was written"
    case .noSpace(let needed, let free):
      "they need about \(Readable.count(needed))B, and \(Readable.count(free))B are free; "
        + "make room or set dataset.cache to a folder on another disk"
    case .busy: "another process is writing them"
    case .refused(let sentence): sentence
    }
  }
}
