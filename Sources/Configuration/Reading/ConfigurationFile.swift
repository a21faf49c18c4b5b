import Glibc
import Platform

/// Configuration files, each merged with the files it extends.
struct ConfigurationFile {
  private static let key = "extends"
  /// More than any configuration needs; files of a list may extend the same files again and again.
  private static let largestCount = 100

  private let keys: KnownKeys
  private var filesLeft = largestCount

  private init(_ keys: KnownKeys) { self.keys = keys }

  /// Reads files and those they extend: later files win over earlier ones, a file over those it
  /// extends.
  ///
  /// `bytes` reads the files themselves; those that they extend must be regular files.
  static func read(
    _ paths: [String], keys: KnownKeys, bytes: (String) throws -> [UInt8]
  ) throws -> ConfigurationNode {
    var reading = ConfigurationFile(keys)
    let empty = ConfigurationNode(key: "", origin: paths.first ?? "", content: .mapping([]))
    return try paths.reduce(empty) { node, path in
      node.overlaid(with: try reading.read(path, bytes(path), below: []))
    }
  }

  private mutating func read(
    _ path: String, _ bytes: [UInt8], below children: [String]
  ) throws -> ConfigurationNode {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw ConfigurationFailure(path, "", "not UTF-8 text; save it as UTF-8")
    }
    let node = try YAMLText(text: text, source: .file(path), keys: keys).root()
    guard let parents = node[Self.key] else { return node }
    let own = node.removing(Self.key)
    return try paths(of: parents).reduce(own.removingAll()) { merged, parent in
      merged.overlaid(with: try read(parent, of: path, below: children))
    }.overlaid(with: own)
  }

  /// One path, or a list of paths.
  private func paths(of parents: ConfigurationNode) throws -> [ConfigurationNode] {
    let expected = "the path of a file, or a list of paths"
    guard case .list(let items) = parents.content else {
      guard parents.path != nil else { throw parents.mismatch(expected: expected) }
      return [parents]
    }
    guard !items.isEmpty else {
      throw ConfigurationFailure(
        parents.origin, parents.key, "found an empty list, expected \(expected)")
    }
    for item in items where item.path == nil {
      throw item.mismatch(expected: "the path of a file")
    }
    return items
  }

  private mutating func read(
    _ parent: ConfigurationNode, of path: String, below children: [String]
  ) throws -> ConfigurationNode {
    let chain = children + [path]
    let name = parent.path ?? ""
    let parentPath = name.hasPrefix("/") ? name : Self.join(Folder.parent(of: path), name)
    if let start = chain.firstIndex(where: { Self.isSameFile($0, parentPath) }) {
      let cycle = (chain[start...] + [parentPath]).joined(separator: " → ")
      throw ConfigurationFailure(
        parent.origin, Self.key, "the files extend one another: \(cycle)")
    }
    filesLeft -= 1
    guard filesLeft >= 0 else {
      throw ConfigurationFailure(
        parent.origin, Self.key,
        "more than \(Self.largestCount) files, each counted as often as it is extended; "
          + "remove some")
    }
    do {
      return try read(parentPath, WholeFile.read(parentPath, .configuration), below: chain)
    } catch let failure as FileFailure {
      throw ConfigurationFailure(parent.origin, Self.key, "\(failure)")
    }
  }

  private static func join(_ folder: String, _ name: String) -> String {
    folder == "." ? name : folder == "/" ? "/\(name)" : "\(folder)/\(name)"
  }

  private static func isSameFile(_ path: String, _ other: String) -> Bool {
    var first = stat()
    var second = stat()
    guard stat(path, &first) == 0, stat(other, &second) == 0 else { return false }
    return first.st_dev == second.st_dev && first.st_ino == second.st_ino
  }
}

extension ConfigurationNode {
  /// The path that was written; nil for anything else.
  fileprivate var path: String? {
    guard case .scalar(let text, _) = content, !isNull, !text.isEmpty else { return nil }
    return text
  }

  /// The same without members.
  fileprivate func removingAll() -> ConfigurationNode {
    ConfigurationNode(key: key, origin: origin, content: .mapping([]))
  }
}
