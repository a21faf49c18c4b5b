import Glibc
import LinearAlgebra
import Models

/// The charts of a collapse report, each with all runs.
struct CollapseFigures {
  /// A chart, the stem of its file, and the representation that it shows.
  struct Figure {
    let stem: String
    let representation: String
    let svg: String
  }

  private let results: [CollapseResult]
  private let shades: [Palette.Shade]
  private let labels: [String]

  init(_ results: [CollapseResult]) {
    self.results = results
    labels = RunLabels.labels(
      results.map { result in
        result.run.epoch.map { "\(result.run.name) · epoch \($0)" } ?? result.run.name
      })
    shades = Palette.shades(results.map(\.run.paradigm))
  }

  /// The names of all representations, that of the headlines first.
  var names: [String] {
    let main = results.compactMap(\.main?.name).first
    var names = main.map { [$0] } ?? []
    for name in results.flatMap({ $0.representations.map(\.name) }) where !names.contains(name) {
      names.append(name)
    }
    return names
  }

  /// All charts of the report.
  var all: [Figure] { spectra + (fields.map { [$0] } ?? []) }

  /// One chart per representation; the first is `spectrum`.
  var spectra: [Figure] {
    names.enumerated().map { index, name in
      let id = "spectrum-" + name.map { $0 == "." ? "-" : String($0) }.joined()
      let curves = results.indices.compactMap { run -> SpectrumChart.Curve? in
        let found = results[run].representations.first { $0.name == name }
        return found.map {
          SpectrumChart.Curve(
            label: labels[run], paradigm: results[run].run.paradigm, shade: shades[run],
            logs: $0.spectrum.logNormalized, rounding: log($0.centring.rounding(of: $0.spectrum)),
            attainable: $0.attainable)
        }
      }
      return Figure(
        stem: index == 0 ? "spectrum" : "spectrum-\(name)", representation: name,
        svg: SpectrumChart(
          id: id, title: "Singular-value spectra of \(name)", panels: panels(curves)
        ).svg)
    }
  }

  /// Whether there are more runs of a paradigm than shades, which then repeat.
  var isCrowded: Bool {
    Paradigm.allCases.contains { paradigm in
      results.count { $0.run.paradigm == paradigm } > Palette.shadesPerParadigm
    }
  }

  /// One panel, or several of as many curves as a paradigm has shades, with numbers in labels.
  private func panels(_ curves: [SpectrumChart.Curve]) -> [SpectrumChart.Panel] {
    guard isCrowded else { return [SpectrumChart.Panel(title: nil, curves: curves)] }
    let size = Palette.shadesPerParadigm
    return stride(from: 0, to: curves.count, by: size).enumerated().map { number, first in
      let members = curves[first..<min(first + size, curves.count)].enumerated()
      return SpectrumChart.Panel(
        title: "\(number + 1)",
        curves: members.map { index, curve in
          SpectrumChart.Curve(
            label: "\(number + 1): \(curve.label)", paradigm: curve.paradigm,
            shade: Palette.shade(curve.paradigm, index), logs: curve.logs,
            rounding: curve.rounding, attainable: curve.attainable)
        })
    }
  }

  /// The information abundance of the tables by cardinality; nil without tables.
  var fields: Figure? {
    let series = results.indices.map { run in
      FieldsChart.Series(
        label: labels[run], paradigm: results[run].run.paradigm, shade: shades[run],
        fields: results[run].fields.compactMap { field in
          field.evenness.map { (field.name, field.rowsSeen, $0) }
        })
    }
    guard series.contains(where: { !$0.fields.isEmpty }) else { return nil }
    return Figure(
      stem: "fields", representation: Representation.tables, svg: FieldsChart(series).svg)
  }
}
