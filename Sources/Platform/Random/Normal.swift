extension CounterRandom {
  /// A standard normal number at a position, by the Box-Muller transform of two uniform ones.
  ///
  /// Positions `2k` and `2k + 1` share their two uniforms and give its cosine and its sine.
  public func normal(_ position: UInt64) -> Double {
    let pair = normalPair(position / 2)
    return position & 1 == 0 ? pair.first : pair.second
  }

  /// The standard normal numbers at the positions from an even one on, several at once.
  public func normals(from position: UInt64, into numbers: UnsafeMutableBufferPointer<Double>) {
    precondition(position & 1 == 0, "CounterRandom: normals from \(position)")
    let pairs = numbers.count / 2
    for index in 0..<pairs {
      (numbers[2 * index], numbers[2 * index + 1]) = normalPair(position / 2 &+ UInt64(index))
    }
    if numbers.count > 2 * pairs { numbers[2 * pairs] = normal(position + UInt64(2 * pairs)) }
  }

  /// `√(−2·log(1 − u₁))` times `cos 2πu₂` and times `sin 2πu₂`, `u₁` and `u₂` uniform in [0, 1).
  @inline(__always)
  private func normalPair(_ index: UInt64) -> (first: Double, second: Double) {
    let radius = (-2 * Elementary.logarithm(1 - uniform(2 &* index))).squareRoot()
    let (cosine, sine) = Elementary.cosineAndSine(ofTurns: uniform(2 &* index &+ 1))
    return (radius * cosine, radius * sine)
  }
}
