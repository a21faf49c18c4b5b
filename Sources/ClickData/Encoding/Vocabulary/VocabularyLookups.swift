/// The look-ups of a row's values in vocabularies, made side by side.
///
/// Each is three reads that depend on one another, from memory that is seldom in a cache: a slot, the place of a line, the
/// line. One after another they would take most of a row's time. Each row begins with a copy in which nothing is noted.
struct VocabularyLookups {
  private struct Pending {
    var lookup: Vocabulary.Lookup
    var text: UnsafePointer<UInt8>
    var length: Int
    var hash: UInt64
    var word: Int
  }

  private let pending: UnsafeMutablePointer<Pending>
  private var count = 0

  /// Makes room for so many at once.
  init(room: Int) { pending = .allocate(capacity: room) }

  /// Gives the memory back.
  func deallocate() { pending.deallocate() }

  /// Takes note of a text that is not empty, whose id goes to a word of the record.
  @inline(__always)
  mutating func add(
    _ lookup: Vocabulary.Lookup, _ text: UnsafePointer<UInt8>, _ length: Int, word: Int
  ) {
    let hash = ValueCounts.hash(text, length)
    lookup.prefetchSlot(hash)
    (pending + count).initialize(
      to: Pending(lookup: lookup, text: text, length: length, hash: hash, word: word))
    count &+= 1
  }

  /// Writes the ids of all texts noted.
  @inline(__always)
  func finish(into record: UnsafeMutablePointer<UInt32>) {
    for index in 0..<count { pending[index].lookup.prefetchStart(pending[index].hash) }
    for index in 0..<count { pending[index].lookup.prefetchLine(pending[index].hash) }
    for index in 0..<count {
      let value = pending[index]
      record[value.word] = value.lookup.id(value.text, value.length, hash: value.hash)
    }
  }
}
