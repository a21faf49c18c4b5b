/// How many rows there are in files, judged by the beginning of the first one.
enum RowEstimate {
  private static let sample = 1 << 20

  /// About so many lines; nil where that cannot be told.
  static func lines(of paths: [String]) -> Int? {
    guard let path = paths.first, let total = InputPaths.totalBytes(paths),
      let source = try? ByteSource(path: path, isCancelled: { false })
    else { return nil }
    let text = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: sample)
    defer { text.deallocate() }
    var filled = 0
    while filled < sample,
      let count = try? source.read(into: .init(rebasing: text[filled...])), count > 0
    {
      filled += count
    }
    let lines = text[..<filled].count { $0 == 0x0a }
    guard lines > 0, source.offset > 0 else { return nil }
    return Int((Double(lines) * Double(total) / Double(source.offset)).rounded(.up))
  }
}
