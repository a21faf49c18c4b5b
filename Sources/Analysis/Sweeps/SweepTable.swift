import Platform

/// One line per arm of a sweep, as every kind of table shows it.
struct SweepTable {
  /// An arm with its corrected p-values.
  struct Line {
    let block: String
    let arm: SweepResults.Arm
    let isBaseline: Bool
    let pAUC: Double?
    let pLogloss: Double?
    let costRatio: Double?

    func mean(_ value: KeyPath<SweepResults.Run, Double?>) -> SeedMean? {
      SeedMean(arm.runs.map { $0[keyPath: value] })
    }

    var bestEpoch: SeedMean? { SeedMean(arm.runs.map { $0.bestEpoch.map(Double.init) }) }
  }

  /// A text, and whether it is a significant difference.
  struct Cell: Equatable {
    var text: String
    /// What a number varies by.
    var deviation: String?
    /// The interval of a number.
    var interval: String?
    var isSignificant = false

    /// The number with what it varies by.
    var whole: String { [text, deviation].compactMap(\.self).joined(separator: " ") }
  }

  /// A column with its heading.
  private struct Column {
    let heading: String
    let isWord: Bool
    let cell: (Line) -> Cell

    init(_ heading: String, isWord: Bool = false, _ cell: @escaping (Line) -> Cell) {
      (self.heading, self.isWord, self.cell) = (heading, isWord, cell)
    }

    init(_ heading: String, _ text: @escaping (Line) -> String) {
      self.init(heading) { Cell(text: text($0)) }
    }
  }

  /// The level below which a corrected p-value is significant.
  static let level = 0.05

  let results: SweepResults
  let lines: [Line]

  init(_ results: SweepResults) {
    self.results = results
    let arms = results.blocks.flatMap { block in
      block.arms.enumerated().map { (block: block, arm: $1, index: $0) }
    }
    let auc = Holm.adjusted(arms.map { $0.arm.difference?.auc?.pValue })
    let logloss = Holm.adjusted(arms.map { $0.arm.difference?.logloss.pValue })
    lines = arms.enumerated().map { index, place in
      func speed(_ arm: SweepResults.Arm) -> Double? {
        SeedMean(arm.runs.map(\.rowsPerProcessorSecond))?.mean
      }
      let ratio = speed(place.block.arms[0]).flatMap { first in
        speed(place.arm).map { first / $0 }
      }
      return Line(
        block: place.block.name, arm: place.arm, isBaseline: place.index == 0, pAUC: auc[index],
        pLogloss: logloss[index], costRatio: place.index == 0 ? nil : ratio)
    }
  }

  private static func estimate(_ mean: SeedMean?) -> Cell {
    Cell(
      text: NumberFormat.fixed(mean?.mean, 5),
      deviation: mean?.deviation.map { "± \(NumberFormat.fixed($0, 5))" })
  }

  private static func difference(_ found: TwoLevelDifference?, _ pValue: Double?) -> Cell {
    guard let found else { return Cell(text: "–") }
    func signed(_ value: Double) -> String {
      (value < 0 ? "" : "+") + NumberFormat.fixed(value, 5)
    }
    let estimate = found.estimate
    return Cell(
      text: signed(estimate.value),
      interval: "\(signed(estimate.lower)) … \(signed(estimate.upper))",
      isSignificant: isSignificant(found, pValue))
  }

  /// Whether a difference is one of the models, not of two runs: of one seed none is.
  static func isSignificant(_ found: TwoLevelDifference?, _ pValue: Double?) -> Bool {
    (found?.seeds ?? 0) > 1 && (pValue ?? 1) < level
  }

  /// A corrected p-value; a smaller one than 10⁻⁴ would claim more than a few seeds can tell.
  static func text(pValue: Double?) -> String {
    guard let pValue else { return "–" }
    return pValue < 1e-4 ? "< 10⁻⁴" : NumberFormat.pValue(pValue)
  }

  private var searched: [String] {
    var keys: [String] = []
    for key in lines.flatMap({ $0.arm.chosen.map(\.key) }) where !keys.contains(key) {
      keys.append(key)
    }
    return keys
  }

  private var columns: [Column] { names + quality + nature }

  /// What distinguishes the lines.
  private var names: [Column] {
    [
      Column("model", isWord: true) { Cell(text: $0.block) },
      Column(results.compared, isWord: true) { Cell(text: $0.arm.label) },
    ]
  }

  /// What the models predict.
  private var quality: [Column] {
    func short(_ key: String) -> String {
      let end = key.split(separator: ".").last.map(String.init) ?? key
      return end == "gamma" ? "γ" : end
    }
    let chosen = searched.map { key in
      Column(short(key)) { line in line.arm.chosen.first { $0.key == key }?.value ?? "–" }
    }
    return [Column("n") { "\($0.arm.runs.count)" }] + chosen + [
      Column("AUC") { Self.estimate($0.mean(\.auc)) },
      Column("Logloss") { Self.estimate($0.mean(\.logloss)) },
      Column("Δ AUC") { Self.difference($0.arm.difference?.auc, $0.pAUC) },
      Column("p (Holm)") { Self.text(pValue: $0.pAUC) },
      Column("Δ Logloss") { Self.difference($0.arm.difference?.logloss, $0.pLogloss) },
      Column("p (Holm)") { Self.text(pValue: $0.pLogloss) },
    ]
  }

  /// What the models are like, and what they take.
  private var nature: [Column] {
    [
      Column("best epoch") { NumberFormat.fixed($0.bestEpoch?.mean, 1) },
      Column("embedding RankMe") { NumberFormat.fixed($0.mean(\.embeddingRankMe)?.mean, 1) },
      Column("source RankMe") { NumberFormat.fixed($0.mean(\.sourceRankMe)?.mean, 1) },
      Column("own |r|") { NumberFormat.fixed($0.mean(\.ownField)?.mean, 3) },
      Column("cross |r|") { NumberFormat.fixed($0.mean(\.crossField)?.mean, 3) },
      Column("rows/CPU s") { line in
        line.mean(\.rowsPerProcessorSecond).map { NumberFormat.grouped(Int($0.mean.rounded())) }
          ?? "–"
      },
      Column("cost") { $0.costRatio.map { "\(NumberFormat.fixed($0, 2))×" } ?? "–" },
    ]
  }

  /// Which rows, seeds and epochs the numbers are of.
  var caption: String {
    let seeds = lines.map(\.arm.expected).max() ?? 0
    let rows = results.rows.map { "\(NumberFormat.grouped($0)) \(results.split) rows" }
    return
      "AUC and Logloss on \(rows ?? "\(results.split) rows"): mean ± standard deviation over n of "
      + "\(seeds) \(seeds == 1 ? "seed" : "seeds"), of the weights with the best validation metric. "
      + "Δ is the difference from the first line of a model, with its 95 % interval "
      + (comparesSeeds
        ? "over seeds and rows."
        : "over rows alone: a difference of these runs, not of the models, and never bold.")
  }

  /// Whether a difference is over more than one seed.
  var comparesSeeds: Bool { lines.contains { ($0.arm.difference?.logloss.seeds ?? 0) > 1 } }

  /// What to know before believing a difference.
  var cautions: [String] { SweepCautions(results).sentences }

  /// The two tables of the page: what the models predict, and what they are like.
  var reports: [ReportTable] {
    [
      report(names + quality, caption: caption),
      report(names + nature, caption: "The same runs: means over the seeds"),
    ]
  }

  private func report(_ columns: [Column], caption: String) -> ReportTable {
    ReportTable(
      caption: caption, header: columns.map(\.heading),
      rows: lines.map { line in
        columns.map { column in
          let cell = column.cell(line)
          if column.isWord { return .word(cell.text) }
          guard let below = cell.interval ?? cell.deviation else { return .number(cell.text) }
          return cell.isSignificant
            ? .significant(cell.text, interval: below) : .estimate(cell.text, interval: below)
        }
      })
  }

  /// The table in Markdown; differences in bold are significant.
  var markdown: String {
    let columns = columns
    func row(_ cells: [String]) -> String { "| \(cells.joined(separator: " | ")) |" }
    func text(_ cell: Cell) -> String {
      let escaped = cell.whole.replacing("|", with: "\\|")
      let number = cell.isSignificant ? "**\(escaped)**" : escaped
      return number + (cell.interval.map { " (\($0))" } ?? "")
    }
    let head = [
      row(columns.map { $0.heading.replacing("|", with: "\\|") }),
      row(columns.map { $0.isWord ? ":--" : "--:" }),
    ]
    return (head + lines.map { line in row(columns.map { text($0.cell(line)) }) })
      .joined(separator: "\n")
      + "\n\n\(caption)\nBold: p < \(Self.level) after Holm's correction.\n"
      + cautions.map { "\n- \($0)" }.joined() + (cautions.isEmpty ? "" : "\n")
  }

  /// The table for LaTeX with the package booktabs; differences in bold are significant.
  var latex: String {
    let columns = columns
    func text(_ cell: Cell) -> String {
      let escaped = TeXText.escaped(cell.whole)
      let number = cell.isSignificant ? "\\textbf{\(escaped)}" : escaped
      return number + (cell.interval.map { " {\\small(\(TeXText.escaped($0)))}" } ?? "")
    }
    var rows: [String] = []
    for (index, line) in lines.enumerated() {
      if index > 0 && line.isBaseline { rows.append("\\midrule") }
      rows.append(columns.map { text($0.cell(line)) }.joined(separator: " & ") + " \\\\")
    }
    return """
      % Needs \\usepackage{booktabs}. Bold: p < \(Self.level) after Holm's correction.
      \\begin{tabular}{\(columns.map { $0.isWord ? "l" : "r" }.joined())}
      \\toprule
      \(columns.map { TeXText.escaped($0.heading) }.joined(separator: " & ")) \\\\
      \\midrule
      \(rows.joined(separator: "\n"))
      \\bottomrule
      \\end{tabular}
      % \(TeXText.escaped(caption))

      """
  }
}

/// Text for LaTeX in any encoding.
enum TeXText {
  private static let replacements: [Character: String] = [
    "\\": "\\textbackslash{}", "_": "\\_", "%": "\\%", "&": "\\&", "#": "\\#", "$": "\\$",
    "{": "\\{", "}": "\\}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}", "|": "$|$",
    "<": "$<$", "±": "$\\pm$", "−": "$-$", "Δ": "$\\Delta$", "γ": "$\\gamma$", "×": "$\\times$",
    "…": "\\,\\dots\\,", "–": "--", "·": "$\\cdot$",
  ]
  private static let superscripts: [Character: Character] = [
    "⁻": "-", "⁰": "0", "¹": "1", "²": "2", "³": "3", "⁴": "4", "⁵": "5", "⁶": "6", "⁷": "7",
    "⁸": "8", "⁹": "9",
  ]

  /// The text with reserved characters and signs as commands.
  static func escaped(_ text: String) -> String {
    var result = ""
    var exponent = ""
    for character in text + " " {
      if let digit = superscripts[character] {
        exponent.append(digit)
        continue
      }
      if !exponent.isEmpty { result += "$^{\(exponent)}$" }
      exponent = ""
      result += replacements[character] ?? String(character)
    }
    return String(result.dropLast())
  }
}
