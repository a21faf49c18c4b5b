/// Counts distinct hashes: exactly up to 65,536 of them, by `HyperLogLog` beyond.
///
/// The count does not depend on the order in which the hashes come.
final class DistinctCounter {
  /// The most hashes that are counted exactly.
  static let mostExact = 1 << 16

  // An open-addressing set with linear probing, at most half full; 0 marks a free place.
  private var places: UnsafeMutablePointer<UInt64>
  private var mask: Int
  private var count = 0
  private var sketch: HyperLogLog?

  init() {
    (places, mask) = Self.makePlaces(1 << 6)
  }

  deinit { places.deallocate() }

  /// How many distinct hashes there were, and whether that is exact.
  var distinct: (count: Int, exact: Bool) {
    sketch.map { (Int($0.estimate.rounded()), false) } ?? (count, true)
  }

  /// Takes note of a hash whose 64 bits are uniform.
  @inline(__always)
  func insert(_ hash: UInt64) {
    if let sketch { return sketch.insert(hash) }
    let hash = max(hash, 1)
    var place = Int(truncatingIfNeeded: hash) & mask
    while places[place] != hash {
      if places[place] == 0 { return add(hash, at: place) }
      place = (place &+ 1) & mask
    }
  }

  private func add(_ hash: UInt64, at place: Int) {
    guard count < Self.mostExact else { return switchToSketch(adding: hash) }
    places[place] = hash
    count += 1
    if 2 * count > mask, count < Self.mostExact { grow() }
  }

  private func grow() {
    let old = (places, mask)
    (places, mask) = Self.makePlaces(2 * (mask + 1))
    for index in 0...old.1 where old.0[index] != 0 {
      var place = Int(truncatingIfNeeded: old.0[index]) & mask
      while places[place] != 0 { place = (place + 1) & mask }
      places[place] = old.0[index]
    }
    old.0.deallocate()
  }

  private func switchToSketch(adding hash: UInt64) {
    let sketch = HyperLogLog()
    for index in 0...mask where places[index] != 0 { sketch.insert(places[index]) }
    sketch.insert(hash)
    self.sketch = sketch
  }

  private static func makePlaces(_ count: Int) -> (UnsafeMutablePointer<UInt64>, Int) {
    let places = UnsafeMutablePointer<UInt64>.allocate(capacity: count)
    places.initialize(repeating: 0, count: count)
    return (places, count - 1)
  }
}
