/// What gathers the values of one field during a scan, to fix how the field is encoded.
protocol FieldFit: AnyObject {
  /// Takes a text that is not empty, of a good row.
  func take(_ text: UnsafeMutablePointer<UInt8>, _ count: Int)
  /// Bytes of memory that `spill` would give back.
  var bytes: Int { get }
  /// Puts off to a file what is in memory.
  func spill(to file: CountSpill) throws
  /// The encoding, once every row was taken; `spill` is the file that something was put off to.
  func encoding(_ spill: CountSpill?) throws -> FittedField.Encoding
}

/// An encoding that a scan fixes.
enum ScannedEncoding: Equatable {
  case vocabulary(minCount: Int)
  case quantile(buckets: Int)
  case standardValue

  /// What gathers the values for it.
  func makeFit() -> any FieldFit {
    switch self {
    case .vocabulary(let minCount): VocabularyFit(minCount: minCount)
    case .quantile(let buckets): QuantileFit(buckets: buckets)
    case .standardValue: StandardFit()
    }
  }
}
