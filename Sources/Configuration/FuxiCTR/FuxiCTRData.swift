/// The keys of a data set: files, columns, and how each becomes ids.
struct FuxiCTRData {
  /// The lines of our sections.
  private(set) var dataset: [String] = []
  private(set) var features: [String] = []
  /// The column by which a grouped metric is computed.
  let group: String?
  /// What has no equivalent.
  private(set) var remarks: [String] = []

  /// Reads the keys.
  init(_ keys: FuxiCTRKeys) throws {
    if let format = keys.value("data_format"), try format.word() != "csv" {
      throw format.mismatch(expected: "csv; convert the files to text")
    }
    for (foreign, name) in [
      ("train_data", "train"), ("valid_data", "valid"), ("test_data", "test"),
    ] {
      guard let path = keys.value(foreign) else { continue }
      dataset.append("\(name): \(YAMLWord.written(try path.word()))")
    }
    group = try keys.word("group_id")
    if let label = keys.value("label_col") {
      let label = try FuxiCTRKeys(label)
      _ = label.value("dtype")
      if let name = try label.word("name") { dataset.append("label: \(YAMLWord.written(name))") }
      label.remarkRest()
      remarks += label.remarks
    }
    let minCount = try keys.word("min_categr_count") ?? "1"
    try readColumns(keys, minCount: minCount)
    if let hour = try hourOfAvazu(keys) {
      dataset = ["format: avazu"] + dataset.filter(Self.isFile)
      keys.remark(hour, "read by format: avazu, as are all columns of its log")
    } else {
      dataset.insert("format: delimited", at: 0)
    }
    keys.remarkRest()
    remarks += keys.remarks
  }

  private mutating func readColumns(_ keys: FuxiCTRKeys, minCount: String) throws {
    guard let list = keys.value("feature_cols"), case .list(let items) = list.content else {
      throw (keys.node["feature_cols"] ?? keys.node).mismatch(
        expected: "feature_cols, a list of columns")
    }
    let used = try keys.value("use_features")?.words()
    let columns = try items.flatMap { try self.columns($0, minCount: minCount) }
      .filter { used?.contains($0.name) ?? true }
    dataset.append("fields:")
    dataset += columns.map { "  - \($0.field)" }
    features = [
      "categorical: {encoding: vocabulary, min_count: \(minCount)}", "numeric: {encoding: value}",
    ]
    let overrides = columns.compactMap { column in
      column.encoding.map { "  \(YAMLWord.written(column.name)): \($0)" }
    }
    if !overrides.isEmpty { features += ["overrides:"] + overrides }
  }

  /// The first column that the data set's code derives from the hour of Avazu's log.
  private func hourOfAvazu(_ keys: FuxiCTRKeys) throws -> ConfigurationNode? {
    guard case .list(let items) = keys.value("feature_cols")?.content else { return nil }
    return try items.lazy.compactMap { $0["preprocess"] ?? $0["feature_processor"] }.first {
      Self.hourFunctions.contains(try $0.word())
    }
  }

  private static let hourFunctions: Set = ["convert_hour", "convert_weekday", "convert_weekend"]

  /// Whether a line names files.
  private static func isFile(_ line: String) -> Bool {
    ["train: ", "valid: ", "test: "].contains { line.hasPrefix($0) }
  }

  /// A column as a field, with its encoding if that is not the one of its type.
  private struct Column {
    let name: String
    let field: String
    var encoding: String?
  }

  /// The columns of one entry, which may list several names.
  private mutating func columns(_ node: ConfigurationNode, minCount: String) throws -> [Column] {
    let keys = try FuxiCTRKeys(node)
    let names = try keys.value("name")?.words() ?? []
    for unused in ["dtype", "padding", "vocab_size", "remap"] { _ = keys.value(unused) }
    if let active = keys.value("active"), YAMLWord.flag(try active.word()) == false { return [] }
    defer { remarks += keys.remarks }
    let columns = try self.columns(names, keys, minCount: minCount)
    keys.remarkRest()
    return columns
  }

  private func columns(
    _ names: [String], _ keys: FuxiCTRKeys, minCount: String
  ) throws -> [Column] {
    let type = keys.value("type")
    if let missing = keys.value("fill_na", "na_value"),
      !["", "0", "0.0"].contains(try missing.word())
    {
      keys.remark(missing, "no equivalent; a missing value stays missing (dataset.missing)")
    }
    switch try type?.word() {
    case "meta": return []
    case "numeric":
      let encoding = try numericEncoding(keys)
      return names.map {
        Column(name: $0, field: "\(YAMLWord.written($0)): numeric", encoding: encoding)
      }
    case "categorical": return try categories(names, keys, minCount: minCount)
    case "sequence": return try sequences(names, keys, minCount: minCount)
    default:
      throw (type ?? keys.node).mismatch(
        expected: "type: numeric, categorical, sequence or meta; others have no equivalent")
    }
  }

  /// The encoding of numbers that are used as they are.
  private func numericEncoding(_ keys: FuxiCTRKeys) throws -> String? {
    if try isLogBucket(keys) { return "{encoding: log_bucket}" }
    guard let normalizer = keys.value("normalizer") else { return nil }
    guard try normalizer.word() == "StandardScaler" else {
      keys.remark(normalizer, "no equivalent; numbers are used as they are")
      return nil
    }
    return "{encoding: value, scale: standard}"
  }

  /// Whether a function of the data set's code turns numbers into ⌊ln²x⌋.
  private func isLogBucket(_ keys: FuxiCTRKeys) throws -> Bool {
    guard let function = keys.value("preprocess", "feature_processor") else { return false }
    let word = try function.word()
    guard word.hasPrefix("convert_to_bucket") else {
      if Self.hourFunctions.contains(word) { return false }
      keys.remark(function, "no equivalent; the column is read as it is")
      return false
    }
    return true
  }

  private func categories(
    _ names: [String], _ keys: FuxiCTRKeys, minCount: String
  ) throws -> [Column] {
    var encoding = try vocabulary(keys, minCount: minCount)
    var isNumeric = false
    if try isLogBucket(keys) {
      (encoding, isNumeric) = ("{encoding: log_bucket}", true)
    } else if let processor = keys.value("category_processor") {
      let buckets = try keys.word("num_buckets") ?? "10"
      switch try processor.word() {
      case "quantile_bucket":
        (encoding, isNumeric) = ("{encoding: quantile, quantiles: \(buckets)}", true)
      case "hash_bucket": encoding = "{encoding: hash, buckets: \(buckets)}"
      default: throw processor.mismatch(expected: "quantile_bucket or hash_bucket")
      }
    }
    let shared = try keys.word("share_embedding")
    return names.map { name in
      let written = YAMLWord.written(name)
      guard let shared, !isNumeric else {
        return Column(
          name: name, field: isNumeric ? "\(written): numeric" : written, encoding: encoding)
      }
      return Column(
        name: name, field: "{name: \(written), embedding_of: \(YAMLWord.written(shared))}")
    }
  }

  private func sequences(
    _ names: [String], _ keys: FuxiCTRKeys, minCount: String
  ) throws -> [Column] {
    let encoding = try vocabulary(keys, minCount: minCount)
    var parts = [
      "type: sequence", "splitter: \(YAMLWord.written(try keys.word("splitter") ?? " "))",
    ]
    if let length = keys.value("max_len"), try length.word() != "0" {
      parts.append("max_len: \(try length.word())")
    } else {
      keys.remark(keys.node, "max_len: found none; the default of sfg is used")
    }
    if let encoder = keys.value("feature_encoder", "encoder") {
      let word = try encoder.word()
      guard word.contains("Average") || word.contains("Sum") else {
        throw encoder.mismatch(expected: "masked average or sum pooling")
      }
      parts.append("pooling: \(word.contains("Sum") ? "sum" : "mean")")
    }
    let shared = try keys.word("share_embedding")
    if let shared { parts.append("embedding_of: \(YAMLWord.written(shared))") }
    return names.map {
      Column(
        name: $0, field: "{name: \(YAMLWord.written($0)), \(parts.joined(separator: ", "))}",
        encoding: shared == nil ? encoding : nil)
    }
  }

  /// The vocabulary of a column with a smallest count of its own.
  private func vocabulary(_ keys: FuxiCTRKeys, minCount: String) throws -> String? {
    guard let own = try keys.word("min_categr_count"), own != minCount else { return nil }
    return "{encoding: vocabulary, min_count: \(own)}"
  }
}
