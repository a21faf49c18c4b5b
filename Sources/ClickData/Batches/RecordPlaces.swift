/// Where a pass writes its records, one after another.
protocol RecordPlaces: AnyObject {
  /// Where the next record goes; what is not kept is written over.
  var place: UnsafeMutablePointer<UInt32> { get }
  /// Takes the record that stands there.
  func keep()
}

/// Records on their way into a shuffle, and those whose places they take on their way into batches.
final class ShuffledPlaces: RecordPlaces {
  let place: UnsafeMutablePointer<UInt32>
  private let shuffle: RowShuffle
  private let filler: BatchFiller

  init(_ shuffle: RowShuffle, of layout: RecordLayout, into filler: BatchFiller) {
    self.shuffle = shuffle
    self.filler = filler
    place = .allocate(capacity: layout.words)
    place.initialize(repeating: 0, count: layout.words)
  }

  deinit { place.deallocate() }

  @inline(__always)
  func keep() { shuffle.insert(place, displacing: filler.append) }
}
