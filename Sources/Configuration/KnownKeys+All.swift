extension KnownKeys {
  /// Every key that a configuration declares.
  static let all: KnownKeys = {
    var names = ["extends"]
    for key in RunConfiguration.keys {
      let name = String(key.prefix { $0 != "." })
      if names.last != name { names.append(name) }
    }
    let root = names
    let words = Set(
      root + RunConfiguration.keys.flatMap { $0.split(separator: ".").map(String.init) })
    return KnownKeys(root: root) { name in
      words.contains(name) || KeyAdvice.namesElsewhere[name] != nil
        || Spelling.nearest(to: name, among: root) != nil
    }
  }()
}
