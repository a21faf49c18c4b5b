/// The figures over the runs of a sweep, as many as its runs allow.
struct SweepFigures {
  private let figures: [RunFigure]
  /// Why a figure is missing, in one line each.
  private let problems: [String]

  /// Draws curves of the AUC, the factors, the measures and the spectra.
  init(_ results: SweepResults) {
    let runs = results.recorded
    let drawings: [() throws -> RunFigure] =
      [{ try RunFigure.curves(of: runs, metric: "AUC") }]
      + results.factors.map { factor in
        { try RunFigure.factor(factor.key, of: factor.runs, metric: "AUC", split: factor.split) }
      } + [
        { try RunFigure.measures(of: runs, split: results.split) },
        { try RunFigure.spectra(of: runs) },
      ]
    var (figures, problems): ([RunFigure], [String]) = ([], [])
    for drawing in runs.isEmpty ? [] : drawings {
      do {
        figures.append(try drawing())
      } catch {
        problems.append("\(error)")
      }
    }
    (self.figures, self.problems) = (figures, problems)
  }

  /// Writes the charts and their numbers; throws `FileFailure`.
  func write(to folder: String) throws {
    for figure in figures { try figure.writeFiles(to: ReportFolder(folder, runs: [])) }
  }

  /// Adds the figures, and what is missing.
  func add(to page: inout HTMLPage) {
    for figure in figures { figure.add(to: &page) }
    guard !problems.isEmpty else { return }
    page.heading("Figures that are not drawn")
    page.list(problems)
  }
}
