import Glibc
import Platform

/// A model of a sweep: one file, or one per paradigm.
struct SweepModel {
  /// The name in tables and folders.
  let label: String
  /// Where it was written.
  let origin: String
  private let files: Files

  private enum Files {
    case one(ConfigurationNode)
    /// `NAME_dis.yaml` and `NAME_gen.yaml`.
    case pair(discriminative: ConfigurationNode, generative: ConfigurationNode)
  }

  /// Reads the file of a name, or the pair of its paradigms, from the first folder that has it.
  init(_ name: String, at node: ConfigurationNode, in folders: [String]) throws {
    origin = node.origin
    let stem = name.hasSuffix(".yaml") ? String(name.dropLast(5)) : name
    label = stem.split(separator: "/").last.map(String.init) ?? stem
    if let path = Self.find(name, in: folders) ?? Self.find("\(stem).yaml", in: folders) {
      files = .one(try Self.read(path))
    } else if let dis = Self.find("\(stem)_dis.yaml", in: folders),
      let gen = Self.find("\(stem)_gen.yaml", in: folders)
    {
      files = .pair(discriminative: try Self.read(dis), generative: try Self.read(gen))
    } else {
      throw ConfigurationFailure(
        node.origin, "models",
        "found \"\(YAMLWord.escaped(name))\", expected the name of a file NAME.yaml, or of a pair "
          + "NAME_dis.yaml and NAME_gen.yaml, in \(folders.joined(separator: ", "))")
    }
  }

  private init(label: String, origin: String, files: Files) {
    (self.label, self.origin, self.files) = (label, origin, files)
  }

  /// The same under another label.
  func labelled(_ label: String) -> SweepModel {
    SweepModel(label: label, origin: origin, files: files)
  }

  /// The configuration of the model, given what is set and varied.
  func root(beside settings: ConfigurationNode) throws -> ConfigurationNode {
    switch files {
    case .one(let root): return root
    case .pair(let discriminative, let generative):
      let paradigm = settings["model"]?["paradigm"]?.inline.lowercased()
      switch paradigm {
      case "discriminative": return discriminative
      case "generative": return generative
      default:
        throw ConfigurationFailure(
          origin, "models",
          "\(label) has a file per paradigm; add model.paradigm to vary, or name \(label)_dis or "
            + "\(label)_gen")
      }
    }
  }

  private static func read(_ path: String) throws -> ConfigurationNode {
    try ConfigurationFile.read([path], keys: .all) { try WholeFile.read($0, .configuration) }
  }

  /// The first regular file of a name.
  static func find(_ name: String, in folders: [String]) -> String? {
    let candidates =
      name.hasPrefix("/") ? [name] : folders.map { $0 == "." ? name : "\($0)/\(name)" }
    return candidates.first { path in
      var status = stat()
      return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }
  }
}

/// Names with alternatives in braces: `criteo_x1/{fm,dcnv2}` is two names.
enum BraceNames {
  /// The names that a text stands for, in its order.
  static func expanded(_ text: String) -> [String] {
    guard let open = text.firstIndex(of: "{"), let close = text[open...].firstIndex(of: "}") else {
      return [text]
    }
    let (head, tail) = (text[..<open], text[text.index(after: close)...])
    let words = text[text.index(after: open)..<close].split(
      separator: ",", omittingEmptySubsequences: false)
    return words.flatMap { word in
      let word = word.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed()
      return expanded(head + String(word) + tail)
    }
  }

  /// A YAML text with every name with braces in quotes, which YAML requires within a list on one
  /// line.
  ///
  /// In valid YAML outside quotes, a brace that opens a mapping never follows a letter or a slash.
  static func quoted(in text: String) -> String {
    let word = /[\w.\/-]+\{[\w.,\/\s-]*\}[\w.\/-]*/
    var result = ""
    var rest = text[...]
    while let match = rest.firstMatch(of: word) {
      let start = match.range.lowerBound
      let isQuoted = start > text.startIndex && "\"'".contains(text[text.index(before: start)])
      result += rest[..<start]
      result += isQuoted ? String(match.output) : "\"\(match.output)\""
      rest = rest[match.range.upperBound...]
    }
    return result + rest
  }
}
