import Glibc

extension CounterRandom {
  /// A standard normal number at a position, by the Box-Muller transform of two uniform ones.
  ///
  /// Positions `2k` and `2k + 1` share their two uniforms and give its cosine and its sine.
  public func normal(_ position: UInt64) -> Double {
    let pair = position & ~1
    let radius = (-2 * log(1 - uniform(pair))).squareRoot()
    let angle = 2 * Double.pi * uniform(pair + 1)
    return radius * (position & 1 == 0 ? cos(angle) : sin(angle))
  }
}
