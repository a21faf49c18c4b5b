import ArgumentParser

/// A number of bytes as a person writes it: `800M`, `24GB`, `1.5GiB`; thousands, or 1024s where an i follows.
struct ByteCount: ExpressibleByArgument, Equatable {
  let bytes: Int

  init?(argument: String) {
    let number = argument.prefix { $0.isNumber || $0 == "." }
    var unit = argument.dropFirst(number.count).lowercased()[...]
    if unit.hasSuffix("b") { unit = unit.dropLast() }
    let isBinary = unit.hasSuffix("i")
    if isBinary { unit = unit.dropLast() }
    let units = ["", "k", "m", "g", "t"]
    guard let power = units.firstIndex(of: String(unit)), let value = Double(number),
      !(isBinary && power == 0)
    else { return nil }
    let scaled = (0..<power).reduce(value) { scaled, _ in scaled * (isBinary ? 1024 : 1000) }
    guard scaled >= 1, let bytes = Int(exactly: scaled.rounded()) else { return nil }
    self.bytes = bytes
  }
}
