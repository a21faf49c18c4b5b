/// What is known of a run of a sweep.
public enum SweepRunState: Equatable, Sendable {
  /// It has not been trained, or not to its end.
  case untrained
  /// It has been trained for some epochs; nil where it stopped early, so that more change nothing.
  case trained(epochs: Int?, ValidationHistory)
  /// Training it has failed.
  case failed

  /// Its validation metrics, if it has been trained for at least some epochs.
  func history(after epochs: Int) -> ValidationHistory? {
    guard case .trained(let trained, let history) = self, trained ?? .max >= epochs else {
      return nil
    }
    return history
  }
}

/// A run that is to be trained, for all its epochs or fewer.
public struct SweepStep: Equatable, Sendable {
  /// The run.
  public let run: SweepRun
  /// How many epochs it has afterwards.
  public let epochs: Int

  /// Whether more epochs may follow.
  public var isPartial: Bool { epochs < run.configuration.training.epochs }
}

/// What a group of runs needs next.
public enum SweepAdvance: Equatable, Sendable {
  /// These runs, in any order.
  case train([SweepStep])
  /// Nothing more: the candidate of this index was chosen.
  case chosen(Int)
  /// Nothing more: every candidate has failed.
  case failed
}

extension SweepGroup {
  /// What is trained next, given what is known of each run.
  ///
  /// All candidates train with the first seed. The one whose kept weights have the highest
  /// validation AUC, of equals the first, trains with the other seeds. With halving, the candidates
  /// of a rung are compared after its epochs, however long they have been trained since.
  public func next(
    _ halving: SweepHalving?, _ state: (SweepRun) -> SweepRunState
  ) -> SweepAdvance {
    guard let chosen = choose(halving, state) else { return .failed }
    switch chosen {
    case .train, .failed: return chosen
    case .chosen(let index):
      let steps = candidates[index].runs.map(Self.whole).filter {
        state($0.run) != .failed && state($0.run).history(after: $0.epochs) == nil
      }
      return steps.isEmpty ? chosen : .train(steps)
    }
  }

  /// The candidate that the first seed decides for; nil where it is undecided, or all failed.
  public func choice(
    _ halving: SweepHalving?, _ state: (SweepRun) -> SweepRunState
  ) -> Int? {
    guard case .chosen(let index) = choose(halving, state) else { return nil }
    return index
  }

  private static func whole(_ run: SweepRun) -> SweepStep {
    SweepStep(run: run, epochs: run.configuration.training.epochs)
  }

  /// The chosen candidate, or the runs of the first seed that decide it; nil where all failed.
  private func choose(
    _ halving: SweepHalving?, _ state: (SweepRun) -> SweepRunState
  ) -> SweepAdvance? {
    guard candidates.count > 1 else { return .chosen(0) }
    let steps = candidates.map { Self.whole($0.runs[0]) }
    let longest = steps.map(\.epochs).max() ?? 1
    var left = Array(candidates.indices)
    for epochs in halving?.rungs(of: longest) ?? [longest] {
      let rung = left.map { SweepStep(run: steps[$0].run, epochs: min(epochs, steps[$0].epochs)) }
      left = zip(left, rung).filter { state($1.run) != .failed }.map(\.0)
      let open = rung.filter {
        state($0.run) != .failed && state($0.run).history(after: $0.epochs) == nil
      }
      guard open.isEmpty else { return .train(open) }
      guard !left.isEmpty else { return nil }
      let ranked = Self.ranked(left, by: left.map { score(of: $0, after: epochs, state) })
      left = Array(ranked.prefix(epochs == longest ? 1 : halving?.survivors(of: left.count) ?? 1))
        .sorted()
    }
    return left.first.map { .chosen($0) }
  }

  private func score(
    of candidate: Int, after epochs: Int, _ state: (SweepRun) -> SweepRunState
  ) -> Double {
    let run = candidates[candidate].runs[0]
    let training = run.configuration.training
    return state(run).history(after: min(epochs, training.epochs))?
      .auc(after: epochs, training.monitor) ?? -.infinity
  }

  /// Indices by descending scores, of equals the first.
  private static func ranked(_ indices: [Int], by scores: [Double]) -> [Int] {
    zip(indices, scores).sorted { ($1.1, $0.0) < ($0.1, $1.0) }.map(\.0)
  }
}

extension SweepRun {
  /// How a run in the folder of this one differs from it, in the first line that does; nil if both
  /// train the same, for any number of epochs.
  public func difference(from found: RunConfiguration) -> (expected: String, found: String)? {
    var other = found
    other.training.epochs = configuration.training.epochs
    other.training.keepLast = configuration.training.keepLast
    let texts = [configuration, other].map {
      $0.effectiveKeys.split(separator: "\n").map { String($0.drop { $0 == " " }) }
    }
    guard texts[0] != texts[1] else { return nil }
    let lines = zip(texts[0] + [""], texts[1] + [""]).first { $0 != $1 }
    return lines.map { (expected: $0, found: $1) }
  }
}
