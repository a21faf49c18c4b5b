/// The keys of an experiment that say what is trained: a backbone with FuxiCTR's structure, or with
/// the authors' where their keys were written.
struct FuxiCTRModel {
  /// The section's lines.
  private(set) var lines: [String] = []
  private let keys: FuxiCTRKeys

  /// Reads the keys.
  init(_ keys: FuxiCTRKeys) throws {
    self.keys = keys
    let name = keys.value("model")
    _ = keys.value("dataset_id")
    let backbone = try Self.backbone(name, keys)
    lines.append("backbone: \(backbone.name)")
    try readEncoder(backbone)
    if backbone.name != "lr" { try copy("embedding_dim", as: "embedding_dim") }
    if let widths = backbone.widths { try readPerceptron(widths) }
    if backbone.hasCrossLayers {
      try copy("num_cross_layers", as: "num_cross_layers")
      lines.append("head: \(keys.isAuthors ? "mlp" : "linear")")
      lines.append("cross_bias: \(!keys.isAuthors)")
      try copy("cross_drop", as: "cross_dropout")
    }
    switch backbone.name {
    // FuxiCTR's defaults differ from ours.
    case "xdeepfm":
      try copy(
        "cin_hidden_units", "cin_layer_units", as: "cin_hidden_units", standard: "[16, 16, 16]")
    case "fwfm": try copy("linear_type", as: "linear_type", standard: "FiLV")
    case "fmfm": try copy("field_interaction_type", as: "field_interaction_type")
    default: break
    }
    if let dropout = keys.value("embedding_dropout"), YAMLWord.number(try dropout.word()) != 0 {
      keys.remark(dropout, "no equivalent; embeddings are not dropped")
    }
  }

  private struct Backbone {
    let name: String
    /// The key of the hidden layers' widths.
    var widths: [String]?
    var hasCrossLayers = false
  }

  private static func backbone(
    _ model: ConfigurationNode?, _ keys: FuxiCTRKeys
  ) throws -> Backbone {
    let perceptron = ["hidden_units", "dnn_hidden_units"]
    switch try model?.word() {
    case "LR": return Backbone(name: "lr")
    case "FM": return Backbone(name: "fm")
    case "FwFM": return Backbone(name: "fwfm")
    case "FmFM": return Backbone(name: "fmfm")
    case "DNN": return Backbone(name: "dnn", widths: perceptron)
    case "NFM": return Backbone(name: "nfm", widths: perceptron)
    case "DeepFM": return Backbone(name: "deepfm", widths: perceptron)
    case "xDeepFM": return Backbone(name: "xdeepfm", widths: perceptron)
    case "IPNN": return Backbone(name: "ipnn", widths: perceptron)
    case "PNN":
      try require("product_type", "inner", keys)
      return Backbone(name: "ipnn", widths: perceptron)
    case "CrossNetV2": return Backbone(name: "crossnet", hasCrossLayers: true)
    case "DCNv2": return try stackedOrNot(keys)
    default:
      throw (model ?? keys.node).mismatch(
        expected: "model: LR, FM, FwFM, FmFM, DNN, NFM, DeepFM, PNN, CrossNetV2, DCNv2 or xDeepFM")
    }
  }

  private static func stackedOrNot(_ keys: FuxiCTRKeys) throws -> Backbone {
    try require("use_low_rank_mixture", "false", keys)
    for unused in ["low_rank", "num_experts"] { _ = keys.value(unused) }
    let (parallel, stacked) = ("parallel_dnn_hidden_units", "stacked_dnn_hidden_units")
    // Both may be written; the structure decides which are read.
    let widths = (keys.value(parallel), keys.value(stacked))
    guard let structure = keys.value("model_structure") else {
      return Backbone(name: "dcnv2", widths: [parallel, "hidden_units"], hasCrossLayers: true)
    }
    switch try structure.word() {
    case "crossnet_only": return Backbone(name: "crossnet", hasCrossLayers: true)
    case "parallel":
      return Backbone(name: "dcnv2", widths: [parallel, "hidden_units"], hasCrossLayers: true)
    case "stacked":
      return Backbone(
        name: "dcnv2_stacked", widths: [stacked, "hidden_units"], hasCrossLayers: true)
    case "stacked_parallel":
      if let second = widths.1, try widths.0?.words() != second.words() {
        throw second.mismatch(expected: "the widths of \(parallel)")
      }
      return Backbone(
        name: "dcnv2_stacked_parallel", widths: [parallel], hasCrossLayers: true)
    default:
      throw structure.mismatch(
        expected: "one of crossnet_only, parallel, stacked, stacked_parallel")
    }
  }

  private static func require(_ name: String, _ word: String, _ keys: FuxiCTRKeys) throws {
    guard let value = keys.value(name), try value.word().lowercased() != word else { return }
    throw value.mismatch(expected: "\(word); others have no equivalent")
  }

  /// The authors' encoder: with `concat_emb` every field is generated from all, with
  /// `small_transformation` from itself, else it stays raw.
  private mutating func readEncoder(_ backbone: Backbone) throws {
    let (all, own) = (try keys.flag("concat_emb"), try keys.flag("small_transformation"))
    // Flags of an earlier version, which nothing reads.
    for dead in ["use_fs", "linear_fs"] { _ = keys.value(dead) }
    let names: [(foreign: String, ours: String)] = [
      ("gamma", "gamma"), ("emb_activation", "activation"), ("gen_residual", "residual"),
    ]
    var parts = try names.compactMap { foreign, ours in
      try keys.word(foreign).map { "\(ours): \($0.lowercased())" }
    }
    let readsState = try keys.flag("use_gen_rst")
    for (name, kind) in [
      ("field_share", "field_shared"), ("more_layers", "stacked"), ("use_att", "self_attention"),
    ] where try keys.flag(name) {
      parts.append("kind: \(kind)")
    }
    if try keys.flag("symmetric"), let value = keys.node["symmetric"] {
      throw value.mismatch(expected: "false; generating both sides has no equivalent")
    }
    guard all || own else { return }
    guard !["lr", "dnn"].contains(backbone.name) else { return }
    if !all { parts.append("source: own") }
    if let group = keys.value("exp_group_idx") {
      let isHigh = try group.word() == "0"
      parts.append("source: \(isHigh ? "high" : "low")_cardinality, num_source: 10")
    }
    if backbone.hasCrossLayers {
      parts.append("input: \(readsState ? "layer_state" : "embedding")")
    }
    lines.append("paradigm: generative")
    lines.append("encoder: {\(parts.joined(separator: ", "))}")
  }

  private mutating func readPerceptron(_ widths: [String]) throws {
    guard let units = widths.lazy.compactMap({ [keys] in keys.value($0) }).first else { return }
    lines.append("hidden_units: [\(try units.words().joined(separator: ", "))]")
    if let activations = keys.value("hidden_activations", "dnn_activations") {
      let words = Set(try activations.words().map { $0.lowercased() })
      guard let word = words.first, words.count == 1 else {
        throw activations.mismatch(expected: "one activation for all layers")
      }
      lines.append("hidden_activation: \(word)")
    }
    try copy("net_dropout", as: "net_dropout")
    if keys.value("batch_norm") != nil {
      lines.append("batch_norm: \(try keys.flag("batch_norm"))")
    }
  }

  /// Copies the first key that was written; without one, writes `standard` if it is given.
  private mutating func copy(
    _ foreign: String..., as name: String, standard: String? = nil
  ) throws {
    for key in foreign {
      guard let value = keys.value(key) else { continue }
      let words = try value.words()
      guard case .list = value.content else {
        lines.append("\(name): \(words[0])")
        return
      }
      lines.append("\(name): [\(words.joined(separator: ", "))]")
      return
    }
    standard.map { lines.append("\(name): \($0)") }
  }
}
