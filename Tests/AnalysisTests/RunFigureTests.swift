import Foundation
import FoundationXML
import Models
import TestSupport
import Testing

@testable import Analysis

@Suite struct RunFigureTests {
  private let tolerance = Tolerance(absolute: 1e-12, relative: 0)

  private func numbers(_ figure: RunFigure) -> [[Substring]] {
    figure.table.text.split(separator: "\n").dropFirst().map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
  }

  @Test func aCurveIsTheMeanOverSeedsWithTheirStandardDeviation() throws {
    // By numpy: mean([0.70, 0.72, 0.77]) = 0.73, std(ddof=1) = 0.036055512754639876.
    let runs = zip([1, 2, 3], [[0.70, 0.8], [0.72, 0.8], [0.77, 0.8]]).map {
      RecordedRun.example(seed: $0).evaluated($1)
    }
    let figure = try RunFigure.curves(of: runs, metric: "AUC")
    let lines = numbers(figure)
    #expect(lines.count == 2 && lines[0][0] == "fm generative")
    expectClose(try #require(Double(lines[0][2])), 0.73, tolerance)
    expectClose(try #require(Double(lines[0][3])), 0.036055512754639876, tolerance)
    expectClose(try #require(Double(lines[1][3])), 0, tolerance)
    #expect(lines[1][4] == "3")
    #expect(figure.caption.contains("Means over n = 3 seeds (1, 2, 3), ± one standard deviation."))
    #expect(figure.svg.contains("class=\"band c0\""))
  }

  /// A mean over fewer seeds would jump where a run stopped early.
  @Test func aMeanEndsWhereTheFirstOfItsSeedsStopped() throws {
    let runs = [
      RecordedRun.example(seed: 1).evaluated([0.7, 0.8, 0.9]),
      .example(seed: 2).evaluated([0.6, 0.6]),
    ]
    let figure = try RunFigure.curves(of: runs, metric: "AUC")
    #expect(numbers(figure).map { $0[1] } == ["1.0", "2.0"])
    #expect(figure.caption.contains("A mean ends where the first of its seeds stopped."))
    let each = try RunFigure.curves(of: runs, metric: "AUC", seeds: .each)
    #expect(numbers(each).count == 5 && !each.caption.contains("A mean ends"))
    #expect(!each.svg.contains("class=\"band"))
  }

  @Test func anEpochIsItsLastEvaluationAndAStepEveryOne() throws {
    var run = RecordedRun.example(seed: 1)
    for (step, epoch, value) in [(5, 1, 0.1), (10, 1, 0.2), (15, 2, 0.3)] {
      run.evaluations.append(
        .init(split: "valid", step: step, epoch: epoch, values: ["AUC": value]))
    }
    run.evaluations.append(.init(split: "test", step: 15, epoch: 2, values: ["AUC": 0.9]))
    let epochs = try RunFigure.curves(of: [run], metric: "AUC")
    #expect(numbers(epochs).map { [$0[1], $0[2]] } == [["1.0", "0.2"], ["2.0", "0.3"]])
    let steps = try RunFigure.curves(of: [run], metric: "AUC", by: .step)
    #expect(numbers(steps).map { $0[1] } == ["5.0", "10.0", "15.0"])
  }

  @Test func aMetricThatNoLineHasIsRefusedWithThoseThatThereAre() {
    let run = RecordedRun.example(seed: 1, name: "a").evaluated([0.5])
    #expect(
      throws: RunFigureFailure.noSuchNumber(
        run: "runs/a/metrics.jsonl: split valid", name: "auc", known: ["AUC"])
    ) { try RunFigure.curves(of: [run], metric: "auc") }
  }

  /// Runs of γ with two seeds each, and discriminative ones, which have none.
  private func gammas() -> [RecordedRun] {
    var runs = ["0.1", "10", "1"].flatMap { gamma in
      [1, 2].map { seed in
        RecordedRun.example(
          seed: seed, [("model.paradigm", "generative"), ("model.encoder.gamma", gamma)])
      }
    }
    runs += [1, 2].map { .example(seed: $0, [("model.paradigm", "discriminative")]) }
    for index in runs.indices {
      runs[index].heldOut = "test"
      runs[index].rows = ["test": 1000]
      runs[index].outcome = ["test/AUC": 0.7 + 0.01 * Double(index), "valid/AUC": 0.1]
    }
    return runs
  }

  @Test func aFactorIsDrawnWithBarsAndRunsWithoutItAsALine() throws {
    let figure = try RunFigure.factor("model.encoder.gamma", of: gammas(), metric: "AUC")
    let lines = numbers(figure)
    #expect(
      lines.map { [$0[0], $0[2]] } == [
        ["generative", "0.1"], ["generative", "1.0"], ["generative", "10.0"],
        ["discriminative", ""],
      ])
    // The means of 0.70 and 0.71, 0.74 and 0.75, 0.72 and 0.73, 0.76 and 0.77.
    for (line, mean) in zip(lines, [0.705, 0.745, 0.725, 0.765]) {
      expectClose(try #require(Double(line[3])), mean, tolerance)
      expectClose(try #require(Double(line[4])), 0.01 / 2.0.squareRoot(), tolerance)
    }
    #expect(figure.svg.matches(of: #/class="bar /#).count == 3)
    #expect(figure.svg.matches(of: #/class="band /#).count == 1)
    #expect(figure.svg.matches(of: #/class="single /#).count == 6)
    #expect(figure.caption.contains("Evaluated on 1,000 test rows. Weights of epoch 2."))
    #expect(
      figure.caption.contains("A line without marks is a model in which gamma has no effect."))
  }

  /// At one place the bar of a series would hide that of another.
  @Test func marksAtOneValueAreSideBySide() throws {
    let runs = ["discriminative", "generative"].flatMap { paradigm in
      ["4", "8", "16"].map { dimension in
        var run = RecordedRun.example(
          seed: 1, [("model.paradigm", paradigm), ("model.embedding_dim", dimension)])
        run.outcome = ["valid/AUC": 0.7]
        return run
      }
    }
    let figure = try RunFigure.factor("model.embedding_dim", of: runs, metric: "AUC")
    let discs = figure.svg.matches(of: /embedding_dim (\d+): 0.7/).map(\.1)
    #expect(discs == ["4", "8", "16", "4", "8", "16"])
    let lines = figure.svg.split(separator: "\n").filter { $0.contains("embedding_dim 8: ") }
    let places = try lines.map { line in
      try #require(line.firstMatch(of: /(?:cx="|d="M)([\d.]+)/).flatMap { Double($0.1) })
    }
    #expect(places.count == 2 && abs(places[1] - places[0] - 6) < 0.11, "\(places)")
    #expect(figure.caption.contains("Marks at one value are side by side."))
  }

  @Test func aFactorThatIsNoNumberOrDoesNotDifferIsRefused() {
    var runs = gammas()
    #expect(throws: RunFigureFailure.constant(key: "model.embedding_dim", value: nil)) {
      try RunFigure.factor("model.embedding_dim", of: runs, metric: "AUC")
    }
    #expect(
      throws: RunFigureFailure.notANumber(
        run: runs[0].folder, key: "model.paradigm", value: "generative")
    ) { try RunFigure.factor("model.paradigm", of: runs, metric: "AUC") }
    #expect(
      throws: RunFigureFailure.notAnalysed(
        run: runs[0].folder, checkpoint: nil, name: "rankme", analysis: "collapse")
    ) { try RunFigure.factor("model.encoder.gamma", of: runs, metric: "rankme") }
    runs[1].outcome = [:]
    #expect(throws: RunFigureFailure.self) {
      try RunFigure.factor("model.encoder.gamma", of: runs, metric: "AUC")
    }
  }

  private func spectrum(_ logs: [Double], _ name: String = "embedding")
    -> RecordedRun.SpectrumRecord
  {
    .init(
      representation: name, rows: 100, logs: logs, centring: .covariance, attainable: 2, rankMe: 2)
  }

  @Test func aSpectrumIsTheMeanOfLogarithmsNoneBelowTheRoundingErrors() throws {
    let logs: [[Double]] = [[0, -1, -.infinity], [0, -3, -.infinity]]
    let runs = zip([1, 2], logs).map { seed, logs in
      var run = RecordedRun.example(seed: seed)
      run.spectra = [spectrum(logs)]
      return run
    }
    let figure = try RunFigure.spectra(of: runs)
    let lines = numbers(figure)
    #expect(lines.map { $0[2] }.prefix(2) == ["0.0", "-2.0"])
    // By numpy: std([-1, -3], ddof=1) = √2; a zero is drawn at ln(3·2⁻⁵²).
    expectClose(try #require(Double(lines[1][3])), 2.0.squareRoot(), tolerance)
    expectClose(try #require(Double(lines[2][2])), log(3 * 0x1p-52), tolerance)
    #expect(figure.svg.contains(">attainable: 2</text>"))
    #expect(figure.caption.contains("Analysed on 100 rows."))
  }

  /// A bound at the first ranks has no room for its text on its left.
  @Test(arguments: [1, 50, 99])
  func theTextOfABoundIsInsideTheAxes(bound: Int) throws {
    let chart = SpectrumChart(
      id: "s", title: "S",
      [
        .init(
          label: "a", paradigm: .generative, shade: Palette.neutral,
          logs: (0..<100).map { -Double($0) / 50 }, rounding: -30, attainable: bound)
      ])
    let text = try #require(
      chart.svg.firstMatch(of: /<text x="([\d.]+)" y="[\d.]+"( text-anchor="end")?[^>]*>attainable/)
    )
    let x = try #require(Double(text.1))
    let width = TextWidth.estimate("attainable: \(bound)", size: 12)
    let plot = chart.chart.layout.plots[0]
    #expect((text.2 == nil ? x : x - width) >= plot.left)
    #expect((text.2 == nil ? x + width : x) <= plot.right)
  }

  @Test func checkpointsOfARunAreOrderedByTheirEpochs() throws {
    let runs = [10, 2, 1].map { epoch in
      var run = RecordedRun.example(seed: 1, [(RunFigure.epochKey, "\(epoch)")])
      run.spectra = [spectrum([0, -Double(epoch)])]
      return run
    }
    let figure = try RunFigure.spectra(of: runs)
    #expect(
      numbers(figure).map { $0[0] } == [
        "epoch=1", "epoch=1", "epoch=2", "epoch=2", "epoch=10", "epoch=10",
      ])
    #expect(figure.svg.contains(".c0{stroke:\(Palette.ordered(0).light)}"))
  }

  @Test func everyRunIsOneMarkInEachPanelOfTheMeasures() throws {
    var runs = gammas()
    for index in runs.indices {
      runs[index].outcome["rankme"] = Double(10 + index)
      runs[index].outcome["own_field_mean_abs_r"] = 0.1
      runs[index].outcome["cross_field_mean_abs_r"] = 0.01 * Double(index)
    }
    var lr = RecordedRun.example(seed: 1, [("model.backbone", "lr")])
    lr.outcome = ["test/AUC": 0.5]
    let figure = try RunFigure.measures(of: runs + [lr], split: "test")
    let drawn = figure.svg.split(separator: "\n").filter {
      $0.contains("class=\"mark") && $0.contains("AUC")
    }
    #expect(drawn.count == 3 * runs.count)
    #expect(drawn.filter { $0.contains("hollow") }.count == 6)
    #expect(figure.notes == ["1 run has no embedding that interacts, and no mark"])
    #expect(numbers(figure).count == runs.count)
  }

  /// Two curves at one place would look like one.
  @Test func curvesThatCoincideTakeTurnsAndAreNamed() throws {
    let values = [[0.5, 0.6], [0.5, 0.6], [0.7, 0.8]]
    let runs = values.enumerated().map { index, auc in
      RecordedRun.example(seed: 1, [("training.optimizer", "rule\(index)")]).evaluated(auc)
    }
    let figure = try RunFigure.curves(of: runs, metric: "AUC")
    #expect(
      figure.caption.contains(
        "Curves that coincide take turns along one line: optimizer=rule0 and optimizer=rule1."))
    let dashes = figure.svg.matches(of: /stroke-dasharray:9 9;stroke-dashoffset:(0|-9)"/).map(\.1)
    #expect(dashes == ["0", "-9"])
  }

  /// Every text of a chart is on its canvas, and no two labels of curves overlap.
  @Test(
    arguments: [1, 2, 5, 30], ["a", "a_value_with_a_name_that_is_longer_than_any_label_can_be"])
  func everyTextIsOnTheCanvas(count: Int, value: String) throws {
    for numeric in [true, false] {
      let runs = (0..<count).map { index in
        RecordedRun.example(
          seed: 1, [("training.optimizer", numeric ? "\(index)" : "\(value)\(index)")]
        ).evaluated([0.5, 0.6 + 0.001 * Double(index)])
      }
      let svg = try RunFigure.curves(of: runs, metric: "AUC").svg
      #expect(XMLParser(data: Data(svg.utf8)).parse())
      let size = try #require(svg.firstMatch(of: /viewBox="0 0 ([\d.]+) ([\d.]+)"/))
      let (width, height) = (try #require(Double(size.1)), try #require(Double(size.2)))
      for text in svg.matches(
        of: #/<text x="([-\d.]+)" y="([-\d.]+)"( text-anchor="(\w+)")?[^>]*>(.*?)</#)
      {
        let (x, y) = (try #require(Double(text.1)), try #require(Double(text.2)))
        let length = TextWidth.estimate(String(text.5), size: 14)
        let left = text.4 == "middle" ? x - length / 2 : text.4 == "end" ? x - length : x
        #expect(left >= -1 && left + length <= width + 1 && y <= height, "\(text.5) \(x) \(width)")
      }
    }
  }
}
