/// Encodes the rows of a pass where they go next, and keeps a copy for later passes where there is a writer.
final class EncodingSink<Places: RecordPlaces>: RowSink {
  private let encoder: RowEncoder
  private let writer: CacheWriter?
  private let places: Places
  private let filler: BatchFiller

  /// `filler` is where they come to in the end.
  init(_ encoder: RowEncoder, _ writer: CacheWriter?, into places: Places, of filler: BatchFiller) {
    self.encoder = encoder
    self.writer = writer
    self.places = places
    self.filler = filler
  }

  func begin(_ layout: FileLayout) { encoder.begin(layout) }

  @inline(__always)
  func take(_ columns: ColumnTable, position: UInt64) -> RowFault? {
    let record = places.place
    if let fault = encoder.encode(columns, position: position, into: record) { return fault }
    writer?.append(record)
    places.keep()
    return nil
  }

  func pause(after seconds: Double) -> Bool {
    filler.addBusy(seconds)
    return filler.isOpen
  }
}
