import Platform

/// Writes segments as CSV: `value,rows,clicks,ctr,AUC,logloss,calibration`.
///
/// Values are quoted where comma-separated text needs it; undefined metrics are empty. The file
/// appears, complete, at `commit`, or not at all.
public final class SegmentTable {
  private let file: AtomicFile
  private var line: [UInt8] = []

  /// Opens a temporary file beside the path.
  public init(_ path: String) throws {
    file = try AtomicFile(path)
    try file.write("value,rows,clicks,ctr,AUC,logloss,calibration\n")
  }

  /// Adds a line.
  public func add(_ segment: Segment) throws {
    line.removeAll(keepingCapacity: true)
    segment.name.withUnsafeBufferPointer { name in
      if name.contains(where: { [0x22, 0x2c, 0x0a, 0x0d].contains($0) }) {
        line.append(quoted: name)
      } else {
        line.append(contentsOf: name)
      }
    }
    for count in [segment.rows, segment.clicks] {
      line.append(UInt8(ascii: ","))
      line.append(number: count)
    }
    for metric in [segment.clickRate, segment.auc, segment.logloss, segment.calibration] {
      line.append(UInt8(ascii: ","))
      if let metric { line.append(number: metric) }
    }
    line.append(UInt8(ascii: "\n"))
    try line.withUnsafeBytes { try file.write($0) }
  }

  /// Completes the file and moves it to its path.
  public func commit() throws { try file.commit() }
}
