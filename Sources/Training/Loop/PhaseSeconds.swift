/// Seconds spent in each phase of a run; phases overlap, so they may sum to more than went by.
public struct PhaseSeconds: Equatable, Sendable {
  /// Reading and inflating training rows, on a thread of its own.
  public internal(set) var read = 0.0
  /// Parsing, encoding and shuffling them, on a thread of its own.
  public internal(set) var encode = 0.0
  /// Forward, loss and backward.
  public internal(set) var compute = 0.0
  /// The optimizer's steps.
  public internal(set) var update = 0.0
  /// Evaluations, with the reading of their rows.
  public internal(set) var evaluate = 0.0

  /// The phases by name, in the order of a row's way.
  public var byName: [(name: String, seconds: Double)] {
    [
      ("read", read), ("encode", encode), ("compute", compute), ("update", update),
      ("evaluate", evaluate),
    ]
  }

  /// What went by since another moment.
  static func - (later: PhaseSeconds, earlier: PhaseSeconds) -> PhaseSeconds {
    var difference = PhaseSeconds()
    difference.read = later.read - earlier.read
    difference.encode = later.encode - earlier.encode
    difference.compute = later.compute - earlier.compute
    difference.update = later.update - earlier.update
    difference.evaluate = later.evaluate - earlier.evaluate
    return difference
  }
}
