import Models

extension Drawing {
  /// What stands for a paradigm in a figure.
  enum Sample {
    /// Solid or dashed.
    case line
    /// A disc or a hollow diamond.
    case mark
  }

  /// Says what the two paradigms look like, those of them that the figure has.
  mutating func paradigmKey(_ shown: [Paradigm], x: Double, y: Double, sample: Sample) {
    var x = x
    for paradigm in Paradigm.allCases where shown.contains(paradigm) {
      switch sample {
      case .line:
        line("curve key \(paradigm.rawValue)", x, y - 5, x + 32, y - 5)
        x += 38
      case .mark:
        mark(paradigm, "key", x + 6, y - 5, tip: paradigm.rawValue)
        x += 18
      }
      text(paradigm.rawValue, x, y, "quiet")
      x += TextWidth.estimate(paradigm.rawValue, size: 14) + 16
    }
  }

  /// Marks a place for a run: a full disc where it is generative, a hollow diamond where it is discriminative.
  mutating func mark(
    _ paradigm: Paradigm, _ colour: String, _ x: Double, _ y: Double, radius: Double = 4.2,
    tip: String
  ) {
    switch paradigm {
    case .generative: disc("mark full \(colour)", x, y, radius: radius, tip: tip)
    case .discriminative: diamond("mark hollow \(colour)", x, y, radius: radius, tip: tip)
    }
  }
}
