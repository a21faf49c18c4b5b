import Glibc
import Platform

/// A configuration file merged with the files it extends.
enum ConfigurationFile {
  private static let key = "extends"

  /// Reads a file and those it extends; values in the file itself win.
  static func read(_ path: String) throws -> ConfigurationNode { try read(path, below: []) }

  private static func read(_ path: String, below children: [String]) throws -> ConfigurationNode {
    let chain = children + [path]
    guard let text = String(validating: try WholeFile.read(path), as: UTF8.self) else {
      throw ConfigurationFailure(path, "", "not UTF-8 text; save it as UTF-8")
    }
    let node = try YAMLText(text: text, source: .file(path)).node()
    guard let parent = node[key] else { return node }
    guard case .scalar(let name, _) = parent.content, !parent.isNull else {
      throw parent.mismatch(expected: "the path of a file")
    }
    let parentPath = name.hasPrefix("/") ? name : join(Folder.parent(of: path), name)
    if let start = chain.firstIndex(where: { isSameFile($0, parentPath) }) {
      let cycle = (chain[start...] + [parentPath]).joined(separator: " → ")
      throw ConfigurationFailure(parent.origin, key, "the files extend one another: \(cycle)")
    }
    do {
      return try read(parentPath, below: chain).overlaid(with: node.removing(key))
    } catch let failure as FileFailure {
      throw ConfigurationFailure(parent.origin, key, "\(failure)")
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
