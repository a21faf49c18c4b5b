/// Counts every value of a field, exactly, for its vocabulary.
final class VocabularyFit: FieldFit {
  private let counts = SpillingCounts(.hashed)
  private let minCount: Int

  init(minCount: Int) { self.minCount = minCount }

  func take(_ text: UnsafeMutablePointer<UInt8>, _ count: Int) { counts.add(text, count) }

  var bytes: Int { counts.bytes }

  func spill(to file: CountSpill) throws { try counts.spill(to: file) }

  func encoding(_ spill: CountSpill?) throws -> FittedField.Encoding {
    var builder = VocabularyBuilder(minCount: minCount)
    try counts.forEachPart(spill) { builder.add($0) }
    return .vocabulary(builder.vocabulary(), minCount: minCount)
  }
}
