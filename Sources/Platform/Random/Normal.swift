import Glibc

extension CounterRandom {
  /// A standard normal number at a position, by the Box-Muller transform of two uniform ones.
  ///
  /// Positions `2k` and `2k + 1` share their two uniforms and give its cosine and its sine.
  public func normal(_ position: UInt64) -> Double {
    let pair = normalPair(position / 2)
    return position & 1 == 0 ? pair.first : pair.second
  }

  /// The standard normal numbers at the positions `2 · index` and `2 · index + 1`, for half the work.
  @inline(__always)
  public func normalPair(_ index: UInt64) -> (first: Double, second: Double) {
    let radius = (-2 * log(1 - uniform(2 * index))).squareRoot()
    let angle = 2 * Double.pi * uniform(2 * index + 1)
    return (radius * cos(angle), radius * sin(angle))
  }
}
