import Models

/// A named matrix of a model that the collapse analysis decomposes.
///
/// The names `embedding`, `encoder`, `interaction` and `final` are the same for every backbone, so
/// that runs of different backbones share a chart. If a model has several of a kind, they are
/// `encoder.0`, `encoder.1`, …, and `encoder` stacks the rows of all as samples, as the paper does
/// for cross layers.
public struct Representation: Hashable, Sendable {
  /// Its name.
  public let name: String
  /// The places that it is read from; the rows of several places are stacked.
  let places: [ProbePoint]

  /// All representations that a model has, in the order of its computation.
  static func all(of snapshot: Snapshot) -> [Representation] {
    func kind(_ name: String, _ place: (Int) -> ProbePoint, stacked: Bool) -> [Representation] {
      let places = snapshot.places(place)
      guard places.count > 1 else { return places.map { Representation(name: name, places: [$0]) } }
      let widths = Set(places.map { snapshot.matrix(at: $0)?.columns })
      let whole = stacked && widths.count == 1 ? [Representation(name: name, places: places)] : []
      return whole
        + places.enumerated().map { Representation(name: "\(name).\($0)", places: [$1]) }
    }
    guard snapshot.matrix(at: .embedding) != nil else { return [] }
    return [Representation(name: "embedding", places: [.embedding])]
      + kind("encoder", ProbePoint.encoder, stacked: true)
      + kind("interaction", ProbePoint.interaction, stacked: true)
      + kind("final", ProbePoint.final, stacked: false)
  }

  /// The representations of these names, and whether the tables are among them; all for no names.
  ///
  /// Throws `AnalysisFailure` if the model has no representations, or none of a name.
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

  /// What the representation of a name contains, in one sentence.
  static func meaning(of name: String) -> String {
    let parts = name.split(separator: ".")
    let layer = parts.count > 1 ? " of layer \(parts[1])" : ""
    switch parts.first {
    case "embedding": return "The embeddings of all fields, flattened: the input of the model."
    case "encoder":
      return
        "The source of the interaction\(layer): the output of the encoder, or the raw embedding if "
        + "nothing is generated."
    case "interaction":
      return
        "The output of the interaction\(layer): a cross layer's output, a compressed layer's pooled "
        + "maps, or the products of all pairs of fields."
    case "final": return "The last vector before the logit, the input of the head."
    default: return "The rows of each field's table that training touched."
    }
  }

  /// The name of the embedding tables, which are decomposed field by field.
  public static let tables = "tables"
}
