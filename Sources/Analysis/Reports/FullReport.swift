import Platform

/// Both analyses in one page that a person opens: what was trained, spectra, heat maps, worst fields.
public enum FullReport {
  /// Writes `report.html` and, in folders of their own, the files of both analyses.
  ///
  /// Results are given run by run. Throws `FileFailure`, and `FigureFailure` where cairo cannot draw.
  public static func write(
    _ results: [AnalysisResults], to folder: String, dump: Bool = false
  ) throws {
    let files = ReportFolder(folder, runs: results.compactMap(\.collapse?.run.name))
    let collapse = files.labelled(results.compactMap(\.collapse), \.run.name)
    let redundancy = files.labelled(results.compactMap(\.redundancy), \.run.name)
    let figures = try RedundancyFigures(redundancy)
    try CollapseReport.write(collapse, to: "\(folder)/collapse", dump: dump)
    try RedundancyReport.write(
      redundancy, figures, to: ReportFolder("\(folder)/redundancy", runs: files.labels))
    try AtomicFile.write(page(collapse, redundancy, figures), to: files.file("report.html"))
  }

  private static func page(
    _ collapse: [CollapseResult], _ redundancy: [RedundancyResult], _ figures: RedundancyFigures
  ) -> String {
    var page = HTMLPage(
      title: "An X-ray of \(Self.count(collapse.count))",
      lead:
        "Whether a model uses the space that its embeddings have, and whether the two sides of its "
        + "interactions say different things.")
    page.table(.runs(collapse.map(\.run)))
    page.paragraph(
      "A discriminative run lets the raw embeddings of its fields interact. A generative one puts an "
        + "encoder in front of one side of every interaction, which generates it from all fields under "
        + "the click label. A model that has collapsed keeps most directions of its space empty; one "
        + "that is redundant says the same thing several times.")
    CollapseSection(collapse).add(to: &page)
    RedundancySection(redundancy, figures).add(to: &page)
    return page.text
  }

  private static func count(_ runs: Int) -> String { runs == 1 ? "one model" : "\(runs) models" }
}
