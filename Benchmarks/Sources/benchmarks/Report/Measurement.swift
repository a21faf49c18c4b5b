import Platform

/// The best seconds of each of some pieces of work, taken in turn: what disturbs the machine for a while meets all.
///
/// The best of several rounds is the one that other processes disturbed least.
func bestSeconds(rounds: Int = 5, of work: [() throws -> Void]) throws -> [Double] {
  var best = [Double](repeating: .infinity, count: work.count)
  for _ in 0..<rounds {
    for (index, piece) in work.enumerated() {
      let watch = Stopwatch()
      try piece()
      best[index] = min(best[index], watch.seconds)
    }
  }
  return best
}

/// The best seconds of one piece of work.
func bestSeconds(rounds: Int = 3, of work: () throws -> Void) rethrows -> Double {
  var best = Double.infinity
  for _ in 0..<rounds {
    let watch = Stopwatch()
    try work()
    best = min(best, watch.seconds)
  }
  return best
}
