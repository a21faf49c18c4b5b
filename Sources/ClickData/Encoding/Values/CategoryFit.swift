import Platform

/// Chooses between a vocabulary and a hash by the number of distinct values.
///
/// Values are counted exactly until there are more than a vocabulary may have.
final class CategoryFit: FieldFit {
  private let rule: AutomaticCategories
  /// Nil once there are too many values for a vocabulary.
  private var counts: SpillingCounts? = SpillingCounts(.hashed)

  init(_ rule: AutomaticCategories) { self.rule = rule }

  func take(_ text: UnsafeMutablePointer<UInt8>, _ count: Int) {
    guard let counts else { return }
    counts.add(text, count)
    if counts.held > rule.maxVocabulary { self.counts = nil }
  }

  var bytes: Int { counts?.bytes ?? 0 }
  func spill(to file: SpillFile) throws { try counts?.spill(to: file) }

  func encoding(_ spill: SpillFile?, _ found: ScanCounts) throws -> FittedField.Encoding {
    var builder = VocabularyBuilder(minCount: rule.minCount)
    var values = 0
    try counts?.forEachPart(spill) { part in
      values += part.count
      if values <= rule.maxVocabulary { builder.add(part) }
    }
    guard counts != nil, values <= rule.maxVocabulary else {
      return .hash(buckets: FieldHash.buckets(distinct: found.distinct, limit: rule.maxBuckets))
    }
    return .vocabulary(builder.vocabulary(blank: .missing), minCount: rule.minCount)
  }
}
