extension RunConfiguration: KeyedSection {
  mutating func visit(_ keys: inout some KeyVisitor) throws {
    try keys.key("run", &run, .text("a name without slashes") { Self.namesFolder($0) })
    try keys.section("dataset", &dataset)
    try keys.section("features", &features)
    try keys.section("model", &model)
    try keys.section("training", &training)
  }

  private static func namesFolder(_ name: String) -> Bool {
    !["", ".", ".."].contains(name) && !name.contains("/") && !name.contains("\0")
  }

  /// Every key that may be written, dotted; FIELD stands for a field's name.
  public static let keys: [String] = {
    var configuration = RunConfiguration()
    var lister = KeyLister()
    do {
      try configuration.visit(&lister)
    } catch {
      preconditionFailure("RunConfiguration: listing the keys threw \(error)")
    }
    return lister.keys
  }()

  /// The key of another section that has this name, the one that shares most of its path with `section`.
  static func key(endingIn name: String, near section: String) -> String? {
    let path = section.split(separator: ".")
    func shared(_ key: String) -> Int {
      zip(path, key.split(separator: ".")).prefix { $0 == $1 }.count
    }
    let candidates = keys.filter { key in
      let names = key.split(separator: ".")
      return names.count > 1 && names[names.count - 1] == name && !names.contains("FIELD")
    }
    return candidates.reversed().max { shared($0) < shared($1) }
  }
}
