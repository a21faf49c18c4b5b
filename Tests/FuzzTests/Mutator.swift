import Platform

/// Small changes to bytes, reproducible from a seed.
struct Mutator {
  private static let special: [UInt8] = Array("\0\t\n\r\" ,-.0:[]{}&*\u{7f}".utf8) + [0x80, 0xff]

  private let random: CounterRandom
  private let others: [[UInt8]]
  private var position: UInt64 = 0

  /// Changes that depend on `seed` alone; they may insert parts of `others`.
  init(seed: UInt64, others: [[UInt8]]) {
    random = CounterRandom(seed: seed, stream: 0)
    self.others = others
  }

  /// A copy with one to four changes.
  mutating func changed(_ input: [UInt8]) -> [UInt8] {
    var bytes = input
    for _ in 0...draw(4) { change(&bytes) }
    return bytes
  }

  private mutating func change(_ bytes: inout [UInt8]) {
    let place = draw(bytes.count + 1)
    switch draw(6) {
    case 0 where place < bytes.count: bytes[place] ^= 1 << UInt8(draw(8))
    case 1 where place < bytes.count: bytes[place] = Self.special[draw(Self.special.count)]
    case 2: bytes.insert(Self.special[draw(Self.special.count)], at: place)
    case 3: bytes.removeSubrange(place..<min(place + draw(9), bytes.count))
    case 4:
      let end = min(place + 1 + draw(30), bytes.count)
      bytes.insert(contentsOf: bytes[place..<end], at: place)
    default:
      let other = others[draw(others.count)]
      let start = draw(other.count + 1)
      bytes.insert(contentsOf: other[start..<min(start + draw(30), other.count)], at: place)
    }
  }

  private mutating func draw(_ bound: Int) -> Int {
    position += 1
    return random.integer(position, below: bound)
  }
}
