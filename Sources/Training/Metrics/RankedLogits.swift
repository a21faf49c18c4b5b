/// The logits of the rows of one class, with their weights.
///
/// Rows of weight 0 are left out. It keeps 4 bytes per row, and 4 more from the first weight on
/// that is not 1.
struct RankedLogits: Equatable {
  /// The logits, ascending once they are sorted.
  var keys: [LogitKey] = []
  /// One weight per key; none as long as all are 1.
  var weights: [Float] = []

  /// Whether weights are kept.
  private(set) var hasWeights = false

  /// No logits.
  init() {}

  /// Logits with one weight each, or without weights.
  init(keys: [LogitKey], weights: [Float]) {
    (self.keys, self.weights) = (keys, weights)
    hasWeights = !weights.isEmpty
  }

  var isEmpty: Bool { keys.isEmpty }

  /// Makes room for so many more keys.
  mutating func reserve(_ count: Int) { keys += repeatElement(0, count: count) }

  /// Keeps the first keys, of rows that count once if weights are kept.
  mutating func keep(_ count: Int) {
    keys.removeLast(keys.count - count)
    if hasWeights { weights += repeatElement(1, count: count - weights.count) }
  }

  /// Keeps weights from now on; those so far are 1.
  mutating func beginWeights() {
    hasWeights = true
    weights = Array(repeating: 1, count: keys.count)
  }

  mutating func append(_ key: LogitKey, _ weight: Float) {
    keys.append(key)
    weights.append(weight)
  }

  /// The sum of the weights of some keys, and of their squares.
  func weight(of range: Range<Int>) -> (sum: Double, squares: Double) {
    guard hasWeights else { return (Double(range.count), Double(range.count)) }
    var (sum, squares) = (0.0, 0.0)
    for weight in weights[range].lazy.map({ Double($0) }) {
      sum += weight
      squares += weight * weight
    }
    return (sum, squares)
  }

  /// Sorts by key; rows of equal keys keep their order.
  mutating func sort() {
    if hasWeights {
      RadixSort.sort(&keys, carrying: &weights)
    } else {
      RadixSort.sort(&keys)
    }
  }
}
