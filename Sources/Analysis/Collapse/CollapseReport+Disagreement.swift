import Models

/// Measures of one spectrum need not agree on which of two runs has collapsed more.
extension CollapseReport {
  private static let compared:
    [(name: String, value: @Sendable (RepresentationSpectrum) -> Double)] = [
      ("RankMe", { $0.own.rankMe }),
      ("effective rank", { $0.spectrum.effectiveRank }),
      ("information abundance", { $0.spectrum.informationAbundance }),
      ("directions for 98 %", { Double($0.spectrum.count(reaching: 0.98)) }),
    ]
  /// Changes below one per cent are no disagreement.
  private static let noticed = 0.01
  private static let shown = 3

  /// A sentence per compared pair of runs and representation whose measures go in different
  /// directions; of more than two runs, for the representation of the headlines.
  var disagreements: [String] {
    let sentences = comparedPairs.flatMap { first, other in
      let places =
        results.count == 2 ? first.representations : [first.main].compactMap(\.self)
      return places.compactMap { before -> String? in
        other.representations.first { $0.name == before.name }
          .flatMap { sentence(before, first.run.name, $0, other.run.name) }
      }
    }
    guard sentences.count > Self.shown + 1 else { return sentences }
    return sentences.prefix(Self.shown) + [
      "the measures of \(sentences.count - Self.shown) more pairs disagree; representations.csv has "
        + "all of them"
    ]
  }

  /// The pairs that differ in the paradigm: each generative run, with the discriminative one of its
  /// backbone whose name is most like its own.
  ///
  /// Where all runs of a backbone have one paradigm, the first of them with each other one.
  private var comparedPairs: [(CollapseResult, CollapseResult)] {
    var backbones: [BackboneKind] = []
    for result in results where !backbones.contains(result.run.backbone) {
      backbones.append(result.run.backbone)
    }
    // Two runs are one pair, whatever their backbones.
    guard results.count != 2 else { return [(results[0], results[1])] }
    return backbones.flatMap { backbone -> [(CollapseResult, CollapseResult)] in
      let runs = results.filter { $0.run.backbone == backbone }
      let baselines = runs.filter { $0.run.paradigm == .discriminative }
      let others = runs.filter { $0.run.paradigm == .generative }
      guard !baselines.isEmpty, !others.isEmpty else {
        return runs.dropFirst().map { (runs[0], $0) }
      }
      return others.compactMap { other in
        let ranked = baselines.map { (Self.likeness($0.run.name, other.run.name), $0) }
        let most = ranked.map(\.0).max()
        return ranked.first { $0.0 == most }.map { ($0.1, other) }
      }
    }
  }

  /// How many letters two names have in common at their beginning and at their end.
  private static func likeness(_ first: String, _ second: String) -> Int {
    func common(_ pairs: some Sequence<(Character, Character)>) -> Int {
      pairs.prefix { $0.0 == $0.1 }.count
    }
    return common(zip(first, second)) + common(zip(first.reversed(), second.reversed()))
  }

  private func sentence(
    _ before: RepresentationSpectrum, _ from: String, _ after: RepresentationSpectrum, _ to: String
  ) -> String? {
    let changes = Self.compared.map { measure in
      (name: measure.name, before: measure.value(before), after: measure.value(after))
    }
    func parts(_ isPart: (Double) -> Bool) -> String {
      changes.filter { isPart($0.after / max($0.before, 1e-300) - 1) }
        .map {
          "\($0.name) (\(NumberFormat.short($0.before)) → \(NumberFormat.short($0.after)))"
        }
        .joined(separator: ", ")
    }
    let (higher, lower) = (parts { $0 > Self.noticed }, parts { $0 < -Self.noticed })
    guard !higher.isEmpty, !lower.isEmpty else { return nil }
    return "\(before.name), \(from) → \(to): the measures disagree: higher \(higher); "
      + "lower \(lower)"
  }
}
