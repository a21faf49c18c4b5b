/// The folder of one report, the names of its files, and the labels of its runs.
///
/// A file that exists once per run is `stem.type` if there is one run, and `stem-RUN.type` if there
/// are several. Runs of the same name are distinguished by a number.
public struct ReportFolder {
  /// The path of the folder.
  public let path: String
  /// The label of each run in tables and figures, all different.
  public let labels: [String]
  /// Whether the analysed matrices are written as well.
  public let dumps: Bool

  /// The files of a report on runs of these names.
  public init(_ path: String, runs names: [String], dumps: Bool = false) {
    self.path = path
    self.dumps = dumps
    labels = Self.distinct(names) { name, number in "\(name) (\(number))" }
    stems = Self.distinct(
      names.map { name in
        String(
          name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) ? $0 : "_" })
      }
    ) { name, number in "\(name)_\(number)" }
  }

  private let stems: [String]

  /// The path of a file that exists once per report.
  public func file(_ name: String) -> String { "\(path)/\(name)" }

  /// The path of a file that exists once per run.
  public func file(_ stem: String, _ type: String, run: Int) -> String {
    file(stems.count == 1 ? "\(stem).\(type)" : "\(stem)-\(stems[run]).\(type)")
  }

  /// The path of an analysed matrix of a run; nil if matrices are not dumped.
  func dump(_ stem: String, run: Int) -> String? { dumps ? file(stem, "npy", run: run) : nil }

  /// Results with their runs renamed to the labels.
  public func labelled<Value>(_ results: [Value], _ name: WritableKeyPath<Value, String>) -> [Value]
  {
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
