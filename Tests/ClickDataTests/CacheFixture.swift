import Foundation
import TestSupport
import Testing

@testable import ClickData

/// A data set of two files with a value field and bad rows, whose encoded rows are cached in a
/// folder.
final class CacheFixture {
  let folder: TemporaryFolder
  let paths: [String]
  var features = Sample.fixed
  var onBadRow = DatasetSettings.BadRowPolicy.skip
  var maxBadRows = BadRowLimit.rows(1000)
  private(set) var events: [CacheEvent] = []
  /// When the files were written, which is the time of every pass, plus a delay.
  private let time: Int

  /// The numbers of good and bad rows.
  static let rows = (good: 14_000, bad: 3)

  init() throws {
    folder = try TemporaryFolder()
    var lines = (0..<9000).map(Sample.criteoLine)
    for line in [17, 18, 8888] { lines.insert("bad", at: line) }
    paths = [
      try folder.write("a.gz", GzipFile.member(lines.joined(separator: "\n"))),
      try folder.write("b.tsv", Sample.criteoText(9000..<14_000)),
    ]
    features.overrides["I2"] = .numeric(.value)
    time = FileStamp.now()
  }

  var cachePath: String { folder.path + "/cache" }

  /// Opens the data again, as another process would; `delay` is how many seconds later.
  func dataset(
    cached: Bool = true, writes: Bool = true, freeBytes: Int? = nil, delay: Int = 0
  ) throws -> Dataset {
    var settings = Sample.criteo(paths)
    settings.onBadRow = onBadRow
    settings.maxBadRows = maxBadRows
    var cache = CacheFolder(cachePath, writes: writes) { [unowned self] in events.append($0) }
    if let freeBytes { cache.freeBytes = { _ in freeBytes } }
    cache.now = { [time] in time + delay * 1_000_000_000 }
    return try Dataset(settings: settings, features: features, cache: cached ? cache : nil)
  }

  /// The rows of a separate pass, and the events of the cache during it.
  func pass(
    _ dataset: Dataset? = nil, order: RowOrder = .stored
  ) throws -> (rows: [ReadRow], progress: ReadingProgress, events: [CacheEvent]) {
    events = []
    let dataset = try dataset ?? self.dataset()
    let stream = try dataset.batches(
      of: .train, encoder: try dataset.fit(), batchSize: 100, order: order)
    return (try stream.allRows(), stream.progress, events)
  }

  /// The files in the cache's folder by extension.
  func files() -> [String: String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: cachePath)) ?? []
    return Dictionary(
      names.map { (($0 as NSString).pathExtension, "\(cachePath)/\($0)") },
      uniquingKeysWith: { first, _ in first })
  }

  /// The only file with an extension.
  func file(_ ending: String) throws -> String { try #require(files()[ending]) }

  func change(_ path: String, _ body: (inout [UInt8]) -> Void) throws {
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    body(&bytes)
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }
}

extension CacheEvent {
  /// What happened, without figures.
  var kind: String {
    switch self {
    case .used: "used"
    case .written(_, _, _, nil): "written"
    case .written: "written instead"
    case .unused: "unused"
    }
  }

  /// What was wrong.
  var problem: CacheProblem? {
    switch self {
    case .used: nil
    case .written(_, _, _, let problem): problem
    case .unused(_, let problem): problem
    }
  }
}
