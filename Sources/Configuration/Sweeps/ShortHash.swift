/// Short names for long texts.
enum ShortHash {
  /// The 64-bit FNV-1a hash of a text (Fowler, Noll and Vo), in hexadecimal digits.
  static func text(of text: String) -> String {
    let hash = text.utf8.reduce(14_695_981_039_346_656_037 as UInt64) {
      ($0 ^ UInt64($1)) &* 1_099_511_628_211
    }
    return String(hash, radix: 16)
  }
}

extension RunConfiguration {
  /// A name for the data and their encodings: runs with equal names read the same rows as the same
  /// ids.
  public var dataName: String {
    var data = RunConfiguration()
    (data.dataset, data.features) = (dataset, features)
    return ShortHash.text(of: data.effectiveKeys)
  }
}
