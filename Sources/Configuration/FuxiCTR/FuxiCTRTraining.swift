/// The keys of an experiment that say how it is trained.
struct FuxiCTRTraining {
  /// The section's lines.
  let lines: [String]

  /// Reads the keys; `group` is the column of a grouped metric.
  init(_ keys: FuxiCTRKeys, group: String?) throws {
    var lines: [String] = []
    func copy(_ names: String..., as name: String) throws {
      for foreign in names {
        guard let word = try keys.word(foreign) else { continue }
        lines.append("\(name): \(word)")
        return
      }
    }
    try Self.require("task", ["binary_classification"], keys)
    try Self.require("loss", ["binary_crossentropy", "binary_cross_entropy"], keys)
    try copy("batch_size", as: "batch_size")
    try copy("epochs", as: "epochs")
    if let optimizer = try keys.word("optimizer") {
      lines.append("optimizer: \(optimizer.lowercased())")
    }
    // All rows of all tables move in every step.
    lines.append("embedding_update: dense")
    if let rate = try keys.number("learning_rate") {
      lines.append("learning_rate: \(YAMLWord.written(rate))")
    }
    let both = try Self.regularizer("regularizer", keys)
    if let weight = try Self.regularizer("embedding_regularizer", keys) ?? both {
      lines.append("embedding_regularizer: \(YAMLWord.written(weight))")
    }
    if let weight = try Self.regularizer("net_regularizer", keys) ?? both {
      lines.append("net_regularizer: \(YAMLWord.written(weight))")
    }
    lines.append("max_gradient_norm: \(try keys.word("max_gradient_norm") ?? "10")")
    try copy("shuffle", as: "shuffle")
    try copy("seed", as: "seed")
    let patience = keys.value("patience")
    let earlier = keys.isAuthors ? nil : try patience?.word()
    let evaluations = try keys.word("early_stop_patience") ?? earlier ?? "2"
    lines.append("early_stop_patience: \(evaluations)")
    if let patience, keys.isAuthors {
      keys.remark(patience, "the authors' code ignores it; early_stop_patience decides")
    }
    lines.append("reduce_lr_on_plateau: \(try keys.word("reduce_lr_on_plateau") ?? "true")")
    if let monitor = try Self.monitor(keys) { lines.append("monitor: \(monitor)") }
    if let group { lines.append("group: \(YAMLWord.written(group))") }
    try copy("eval_steps", as: "eval_steps")
    if let epochs = keys.value("every_x_epochs", "eval_interval"), try epochs.word() != "1" {
      keys.remark(epochs, "no equivalent; evaluated at the end of every epoch, or by eval_steps")
    }
    self.lines = lines
  }

  /// Refuses all values but some.
  private static func require(_ name: String, _ words: [String], _ keys: FuxiCTRKeys) throws {
    guard let value = keys.value(name), !words.contains(try value.word()) else { return }
    throw value.mismatch(expected: words[0])
  }

  /// λ of a number, or of `l2(λ)`, which add `λ/2·‖w‖²`.
  private static func regularizer(_ name: String, _ keys: FuxiCTRKeys) throws -> Double? {
    guard let value = keys.value(name) else { return nil }
    var text = try value.word().filter { $0 != " " }
    if text.hasPrefix("l2("), text.hasSuffix(")") { text = String(text.dropFirst(3).dropLast()) }
    guard let weight = YAMLWord.number(text), weight >= 0 else {
      throw value.mismatch(expected: "a number or l2(number); other norms have no equivalent")
    }
    return weight
  }

  /// The weights of metrics: a name, or several with weights.
  private static func monitor(_ keys: FuxiCTRKeys) throws -> String? {
    _ = keys.value("monitor_mode")
    guard let value = keys.value("monitor") else { return nil }
    func metric(_ name: String, of node: ConfigurationNode) throws -> String {
      switch name.lowercased() {
      case "auc": "AUC"
      case "gauc": "GAUC"
      case "logloss", "binary_crossentropy": "logloss"
      default: throw node.mismatch(expected: "AUC, gAUC or logloss")
      }
    }
    guard let members = value.members else {
      let name = try metric(try value.word(), of: value)
      return "{\(name): \(name == "logloss" ? -1 : 1)}"
    }
    let weights = try members.map {
      "\(try metric($0.name, of: $0.value)): \(try $0.value.word())"
    }
    return "{\(weights.joined(separator: ", "))}"
  }
}
