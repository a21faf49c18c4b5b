import Models

/// A matrix of a model that the collapse analysis looks at, by name.
///
/// Names are the same for every backbone, so that runs of different ones stand in one chart: `embedding`, `encoder`,
/// `interaction` and `final`. Where a model has several of a kind, `encoder.0`, `encoder.1`, … are the single ones and
/// `encoder` has all their rows stacked as samples, as the authors of the paper have it for cross layers.
public struct Representation: Hashable, Sendable {
  /// Its name.
  public let name: String
  /// Where it is read; the rows of several places are stacked.
  let places: [ProbePoint]

  /// All representations that a model has, in the order of its computation.
  static func all(of snapshot: Snapshot) -> [Representation] {
    func kind(_ name: String, _ place: (Int) -> ProbePoint, stacked: Bool) -> [Representation] {
      let places = snapshot.places(place)
      guard places.count > 1 else { return places.map { Representation(name: name, places: [$0]) } }
      let widths = Set(places.map { snapshot.matrix(at: $0)?.columns })
      let whole =
        stacked && widths.count == 1 ? [Representation(name: name, places: places)] : []
      return whole
        + places.enumerated().map { Representation(name: "\(name).\($0)", places: [$1]) }
    }
    guard snapshot.matrix(at: .embedding) != nil else { return [] }
    return [Representation(name: "embedding", places: [.embedding])]
      + kind("encoder", ProbePoint.encoder, stacked: true)
      + kind("interaction", ProbePoint.interaction, stacked: true)
      + kind("final", ProbePoint.final, stacked: false)
  }

  /// The representations of these names, all where none is named, and whether the tables are among them.
  ///
  /// Throws `AnalysisFailure` where the model has none, or none of a name.
  static func chosen(_ names: [String], of snapshot: Snapshot, run: String) throws
    -> (representations: [Representation], tables: Bool)
  {
    let all = all(of: snapshot)
    guard !all.isEmpty else { throw AnalysisFailure.noSuchPlace(run: run, place: .embedding) }
    guard !names.isEmpty else { return (all, true) }
    let known = [tables] + all.map(\.name)
    if let name = names.first(where: { !known.contains($0) }) {
      throw AnalysisFailure.noSuchRepresentation(run: run, name: name, known: known)
    }
    return (all.filter { names.contains($0.name) }, names.contains(tables))
  }

  /// What a representation of this name is, in a sentence.
  static func meaning(of name: String) -> String {
    let parts = name.split(separator: ".")
    let layer = parts.count > 1 ? " of layer \(parts[1])" : ""
    switch parts.first {
    case "embedding": return "The embeddings of all fields, flattened: what the model starts from."
    case "encoder":
      return
        "The side of the interaction\(layer) that may be generated: the encoder's output, or the "
        + "raw embedding where nothing is generated."
    case "interaction":
      return
        "What the interaction\(layer) makes: a cross layer's output, a compressed layer's pooled "
        + "maps, or the products of all pairs of fields."
    case "final": return "The last vector before the logit, which the head reads."
    default: return "The rows of each field's table that training touched."
    }
  }

  /// The name of the embedding tables, which are looked at field by field.
  public static let tables = "tables"
}

/// Whether a spectrum is that of the covariance or of the matrix itself.
public enum Centring: String, Sendable {
  /// The singular values of the biased covariance `(Z − Z̄)ᵀ(Z − Z̄) / n`.
  case covariance
  /// The singular values of `Z` itself, uncentred.
  case raw
}
