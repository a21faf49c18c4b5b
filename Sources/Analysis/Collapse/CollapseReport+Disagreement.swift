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

  /// A sentence per pair of runs, the first with each other one, and representation whose measures
  /// go in different directions; of more than two runs, for the representation of the headlines.
  var disagreements: [String] {
    guard let first = results.first else { return [] }
    let places =
      results.count == 2 ? first.representations : [first.main].compactMap(\.self)
    let sentences = results.dropFirst().flatMap { other in
      places.compactMap { before -> String? in
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
