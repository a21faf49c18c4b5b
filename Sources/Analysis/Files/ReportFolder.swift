/// Where the files of one report go, and what they call its runs.
///
/// A file that exists once for every run is `stem.type` where there is one run and `stem-RUN.type` where
/// there are several. Runs of the same name are told apart by a number.
public struct ReportFolder {
  /// The folder.
  public let path: String
  /// What each run is called in tables and pictures, no two alike.
  public let labels: [String]

  /// Plans the files of a report on runs of these names.
  public init(_ path: String, runs names: [String]) {
    self.path = path
    labels = Self.distinct(names) { name, number in "\(name) (\(number))" }
    stems = Self.distinct(
      names.map { name in
        String(
          name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) ? $0 : "_" })
      }
    ) { name, number in "\(name)_\(number)" }
  }

  private let stems: [String]

  /// The path of a file that exists once.
  public func file(_ name: String) -> String { "\(path)/\(name)" }

  /// The path of a file that exists once for every run.
  public func file(_ stem: String, _ type: String, run: Int) -> String {
    file(stems.count == 1 ? "\(stem).\(type)" : "\(stem)-\(stems[run]).\(type)")
  }

  /// Some results whose runs are called by their labels.
  func labelled<Value>(_ results: [Value], _ name: WritableKeyPath<Value, String>) -> [Value] {
    zip(results, labels).map { result, label in
      var result = result
      result[keyPath: name] = label
      return result
    }
  }

  private static func distinct(_ names: [String], _ numbered: (String, Int) -> String) -> [String] {
    var taken = Set<String>()
    return names.map { name in
      var candidate = name
      var number = 2
      while !taken.insert(candidate).inserted {
        candidate = numbered(name, number)
        number += 1
      }
      return candidate
    }
  }
}
