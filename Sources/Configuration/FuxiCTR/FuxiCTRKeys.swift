/// Keys that were written for FuxiCTR, each to be read once; those that nothing reads have no
/// equivalent.
final class FuxiCTRKeys {
  /// What was written.
  let node: ConfigurationNode
  /// What a user should know of keys that were read.
  private(set) var remarks: [String] = []
  private var names: Set<String> = []

  /// Reads the members of a mapping.
  init(_ node: ConfigurationNode) throws {
    guard node.members != nil else { throw node.mismatch(expected: "a mapping") }
    self.node = node
  }

  /// Whether keys of the authors' encoder were written, which FuxiCTR does not have.
  var isAuthors: Bool { node["concat_emb"] != nil || node["gamma"] != nil }

  /// The value of the first of some names that was written; nil if none was, or only `null`.
  func value(_ names: String...) -> ConfigurationNode? {
    self.names.formUnion(names)
    return names.lazy.compactMap { self.node[$0] }.first { !$0.isNull }
  }

  /// A word or number as it was written.
  func word(_ names: String...) throws -> String? {
    try names.lazy.compactMap { self.value($0) }.first?.word()
  }

  /// True or false; false if it was not written.
  func flag(_ name: String) throws -> Bool {
    guard let value = value(name) else { return false }
    guard let flag = YAMLWord.flag(try value.word()) else {
      throw value.mismatch(expected: "true or false")
    }
    return flag
  }

  /// A number.
  func number(_ names: String...) throws -> Double? {
    guard let value = names.lazy.compactMap({ self.value($0) }).first else { return nil }
    guard let number = YAMLWord.number(try value.word()) else {
      throw value.mismatch(expected: "a number")
    }
    return number
  }

  /// Notes what becomes of a value.
  func remark(_ value: ConfigurationNode, _ text: String) {
    remarks.append("\(value.origin): \(value.key): \(text)")
  }

  /// Notes every key that nothing has read; those that concern only how FuxiCTR runs are named
  /// together.
  func remarkRest() {
    let rest = (node.members ?? []).filter { !names.contains($0.name) && !$0.value.isNull }
    for member in rest where !Self.housekeeping.contains(member.name) {
      remark(member.value, "no equivalent; left out")
    }
    let kept = rest.map(\.name).filter(Self.housekeeping.contains)
    guard !kept.isEmpty else { return }
    remarks.append("not needed here: \(kept.joined(separator: ", "))")
  }

  /// Keys about files, logs and workers, under their present and their earlier names.
  private static let housekeeping: Set = [
    "data_block_size", "data_root", "debug", "debug_mode", "gpu", "metrics", "model_id",
    "model_root", "num_workers", "pickle_feature_encoder", "rebuild_dataset", "save_best_only",
    "streaming", "verbose", "version", "workers",
  ]
}

extension ConfigurationNode {
  /// The text of a word or number; throws for a list or a mapping.
  func word() throws -> String {
    guard case .scalar(let text, _) = content else { throw mismatch(expected: "one value") }
    return text
  }

  /// The texts of a list, or of one word.
  func words() throws -> [String] {
    guard case .list(let items) = content else { return [try word()] }
    return try items.map { try $0.word() }
  }
}
