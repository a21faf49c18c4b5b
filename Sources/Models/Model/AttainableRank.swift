import ClickData

/// How many different vectors of a field some rows can hold.
public enum FieldVariety: Equatable, Sendable {
  /// One vector per id, of which the rows have so many.
  case ids(Int)
  /// One vector per id, times a number that varies from row to row or does not.
  case factors(ids: Int, varies: Bool)
  /// Sums of the vectors of several ids.
  case sums(ids: Int)

  /// The most directions in which embeddings of dimension `d` vary.
  ///
  /// `k` different vectors differ from their mean in `k − 1` directions.
  func rank(_ d: Int) -> Int {
    switch self {
    case .ids(let count): min(d, max(count - 1, 0))
    case .factors(let count, let varies): min(d, max(count - 1, 0) + (varies ? 1 : 0))
    case .sums(let count): min(d, count)
    }
  }

  /// The same of any function of the embedding alone.
  func generatedRank(_ d: Int) -> Int {
    switch self {
    case .ids(let count): min(d, max(count - 1, 0))
    case .factors(let count, false): min(d, max(count - 1, 0))
    case .factors(_, true): d
    case .sums(let count): count > 1 ? d : min(d, count)
    }
  }
}

/// The largest rank that a covariance of vectors can have, whatever the weights of the model.
///
/// Fields with few values bound it: ten dimensions of a field with three values in the rows vary in
/// two directions. What a spectrum lacks beyond this bound the model has lost.
public struct AttainableRank {
  private let schema: [FieldSchema]
  private let settings: ModelSettings
  private let fields: [FieldVariety]

  /// Bounds the ranks of a model by what its fields have in some rows.
  public init(_ model: CTRModel, fields: [FieldVariety]) {
    precondition(
      fields.count == model.schema.count, "AttainableRank: \(fields.count) varieties of fields")
    schema = model.schema
    settings = model.settings
    self.fields = fields
  }

  private var dimension: Int { settings.embeddingDimension }

  /// The bound at a place; nil where the number of columns is all that is known.
  public func bound(at place: ProbePoint) -> Int? {
    switch (place, settings.paradigm) {
    case (.embedding, _), (.encoder, .discriminative):
      return fields.reduce(0) { $0 + $1.rank(dimension) }
    case (.encoder(let layer), .generative): return generated(layer)
    default: return nil
    }
  }

  /// The bound of the fields that the source of a layer generates and its interaction reads.
  private func generated(_ layer: Int) -> Int? {
    let encoder = settings.encoder
    guard layer == 0 || encoder.input == .embedding, settings.backbone.hasOperands else {
      return nil
    }
    let read = (settings.backbone.operands(in: .generative)?.rightFields ?? .all)
      .range(of: schema.count)
    switch (encoder.kind, encoder.source) {
    case (.fieldWise, .own):
      return read.reduce(0) { $0 + fields[$1].generatedRank(dimension) }
    case (.fieldWise, .highCardinality), (.fieldWise, .lowCardinality):
      let generated = FieldRanking(schema).generated(by: encoder)
      return read.reduce(0) {
        $0 + (generated.contains($1) ? dimension : fields[$1].rank(dimension))
      }
    case (.fieldShared, _) where !encoder.residual: return dimension
    case (.fieldShared, _):
      // One vector for all fields, beside each field's own.
      return min(
        dimension + read.reduce(0) { $0 + fields[$1].rank(dimension) }, dimension * read.count)
    case (.fieldWise, .all), (.stacked, _), (.lowRank, _), (.selfAttention, _): return nil
    }
  }
}
