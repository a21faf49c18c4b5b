import Platform

/// The best time of each task in seconds.
///
/// Tasks alternate, so that load from other processes affects all of them. The best of several
/// rounds is the one least disturbed by it.
func bestSeconds(rounds: Int = 5, of work: [() throws -> Void]) throws -> [Double] {
  var best = [Double](repeating: .infinity, count: work.count)
  for _ in 0..<rounds {
    for (index, task) in work.enumerated() {
      let watch = Stopwatch()
      try task()
      best[index] = min(best[index], watch.seconds)
    }
  }
  return best
}

/// The best time of one task in seconds.
func bestSeconds(rounds: Int = 3, of work: () throws -> Void) rethrows -> Double {
  var best = Double.infinity
  for _ in 0..<rounds {
    let watch = Stopwatch()
    try work()
    best = min(best, watch.seconds)
  }
  return best
}
