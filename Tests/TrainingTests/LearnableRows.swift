import ClickData
import Foundation
import Models
import Platform

@testable import Training

/// Rows of three fields whose click depends on the first alone.
struct LearnableRows {
  static let schema = [
    FieldSchema(name: "A", kind: .category, rows: 9),
    FieldSchema(name: "B", kind: .category, rows: 7),
    FieldSchema(name: "N", kind: .value, rows: 2),
  ]

  /// One row, a function of the seed and its number.
  static func row(_ number: Int, seed: UInt64) -> (a: Int, b: Int, value: Float, clicked: Bool) {
    let random = CounterRandom(seed: seed, stream: 3)
    let base = UInt64(number) * 4
    let a = 1 + random.integer(base, below: 8)
    let b = 1 + random.integer(base + 1, below: 6)
    let logit = a % 2 == 0 ? 1.5 : -1.5
    let clicked = random.uniform(base + 2) < 1 / (1 + exp(-logit))
    return (a, b, Float(random.normal(base + 4)), clicked)
  }

  /// The label of a row, given its number and what it would be.
  typealias Relabelling = (_ row: Int, _ clicked: Bool) -> Bool

  /// The weight of a row, given its number.
  typealias Weighting = (_ row: Int) -> Float

  /// A pass over rows in memory.
  final class Pass: BatchSource {
    private let numbers: [Int]
    private let order: Int
    private let seed: UInt64
    private let label: Relabelling?
    private let weight: Weighting?
    let negativeRate: Double
    private let batch: EncodedBatch
    private var done = 0

    init(
      rows: Int, batchSize: Int, seed: UInt64, order: Int = 0,
      label: Relabelling? = nil, weight: Weighting? = nil, negativeRate: Double = 1
    ) {
      let random = CounterRandom(seed: seed, stream: UInt64(1000 + order))
      numbers = (0..<rows).sorted { random.bits(UInt64($0)) < random.bits(UInt64($1)) }
      self.seed = seed
      self.order = order
      self.label = label
      self.weight = weight
      self.negativeRate = negativeRate
      batch = EncodedBatch(
        capacity: batchSize, schema: LearnableRows.schema, weighted: weight != nil)
    }

    func next() throws -> EncodedBatch? {
      guard done < numbers.count else { return nil }
      batch.rows = min(batch.capacity, numbers.count - done)
      for index in 0..<batch.rows {
        let number = numbers[done + index]
        let row = LearnableRows.row(number, seed: seed)
        batch.positions[index] = UInt64(number)
        batch.ids(0)[index] = UInt32(row.a)
        batch.ids(1)[index] = UInt32(row.b)
        batch.ids(2)[index] = 1
        batch.values(2)?[index] = row.value
        weight.map { batch.weights?[index] = $0(number) }
        batch.labels[index] = label?(number, row.clicked) ?? row.clicked ? 1 : 0
      }
      done += batch.rows
      return batch
    }

    var progress: ReadingProgress {
      var progress = ReadingProgress()
      progress.rows = done
      // The first pass takes long to read text, later ones read a cache.
      progress.readSeconds = order == 0 ? 1000 : 0
      return progress
    }
  }

  /// Training rows in a new order each epoch, and validation and test rows of other seeds, in
  /// batches of 128.
  ///
  /// Without `validRows` there is no validation split. `validLabel` also receives the number of the
  /// pass, from 0. `weight` gives the rows of all splits weights, and `evaluatedRate` is the share
  /// of negatives that validation and test rows still have.
  static func data(
    rows: Int = 2000, validRows: Int? = 1000, batchSize: Int = 128, hasTest: Bool = true,
    validLabel: ((_ pass: Int, _ row: Int, _ clicked: Bool) -> Bool)? = nil,
    trainLabel: Relabelling? = nil, weight: Weighting? = nil, evaluatedRate: Double = 1
  ) -> TrainingData {
    var passes = 0
    return TrainingData(
      train: {
        Pass(
          rows: rows, batchSize: batchSize, seed: 1, order: $0, label: trainLabel, weight: weight)
      },
      valid: validRows.map { validRows in
        {
          defer { passes += 1 }
          let label = validLabel.map { label in { [passes] in label(passes, $0, $1) } }
          return Pass(
            rows: validRows, batchSize: batchSize, seed: 2, label: label, weight: weight,
            negativeRate: evaluatedRate)
        }
      },
      test: hasTest
        ? {
          Pass(
            rows: 1000, batchSize: batchSize, seed: 3, weight: weight, negativeRate: evaluatedRate)
        } : nil)
  }
}

/// Records every event.
final class EventLog: TrainingObserver {
  private(set) var events: [TrainingEvent] = []
  func observe(_ event: TrainingEvent) { events.append(event) }

  var warnings: [String] {
    events.compactMap {
      guard case .warning(let text) = $0 else { return nil }
      return text
    }
  }

  /// The kind of each event, without progress.
  var kinds: [String] {
    events.compactMap {
      switch $0 {
      case .resumed: "resumed"
      case .epochStarted: "epoch"
      case .progress, .reading, .passed: nil
      case .evaluated(_, let improved): improved.map { $0 ? "better" : "worse" } ?? "final"
      case .evaluatedPart: "part"
      case .reported(let report): report.span == .epoch ? "ended" : "steps"
      case .learningRateReduced: "reduced"
      case .stoppedEarly: "stopped"
      case .bestReloaded: "reloaded"
      case .warning: "warning"
      }
    }
  }
}
