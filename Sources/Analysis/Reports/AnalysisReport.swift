import Platform

/// The report of one analysis of several runs: files, a page, and a section of a joint page.
public protocol AnalysisReport {
  /// The heading of its page.
  var title: String { get }
  /// One sentence about what its page shows.
  var lead: String { get }
  /// The runs, no two with the same name.
  var runs: [RunDescription] { get }
  /// All numbers of the report, the content of `summary.json`.
  var summary: JSONValue { get }
  /// The main numbers, as `sfg analyze` prints them.
  var overview: ReportTable { get }
  /// What a reader of the overview must know, one sentence each.
  var notes: [String] { get }
  /// The main figure: what kind of figure it is, and its file.
  var figure: (kind: String, file: String) { get }
  /// Writes its tables, figures and matrices.
  ///
  /// Throws `FileFailure`.
  func writeFiles(to files: ReportFolder) throws
  /// Adds its section to a page.
  func add(to page: inout HTMLPage)
}

extension AnalysisReport {
  /// Nothing.
  public var notes: [String] { [] }

  /// Writes its files, the summary and its own page.
  ///
  /// Throws `FileFailure`.
  public func write(to files: ReportFolder) throws {
    try writeFiles(to: files)
    try AtomicFile.write(summary.pretty + "\n", to: files.file("summary.json"))
    var page = HTMLPage(title: title, lead: lead, runs: runs.count)
    page.table(.runs(runs))
    add(to: &page)
    try AtomicFile.write(page.text, to: files.file("report.html"))
  }
}

/// The joint page of several analyses of the same runs.
public enum FullReport {
  /// Writes the page; the reports' own files are written separately.
  ///
  /// Throws `FileFailure`.
  public static func write(_ reports: [any AnalysisReport], to path: String) throws {
    let runs = reports.first?.runs ?? []
    var page = HTMLPage(
      title: "Analysis of \(runs.count == 1 ? "one model" : "\(runs.count) models")",
      lead: reports.map(\.lead).joined(separator: " "), runs: runs.count)
    page.table(.runs(runs))
    page.paragraph(
      "A discriminative run interacts the raw embeddings of its fields. A generative run passes one "
        + "side of every interaction through an encoder, which generates it from all fields under the "
        + "supervision of the click label. A collapsed model leaves most directions of its embedding "
        + "space unused; a redundant one represents the same information several times.")
    for report in reports { report.add(to: &page) }
    try AtomicFile.write(page.text, to: path)
  }
}
