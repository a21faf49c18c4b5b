import ClickData
import Foundation
import Models
import Platform

@testable import Training

/// Rows of three fields whose click depends on the first alone, or on the pair of the first two.
struct LearnableRows {
  static let schema = [
    FieldSchema(name: "A", kind: .category, rows: 9),
    FieldSchema(name: "B", kind: .category, rows: 7),
    FieldSchema(name: "N", kind: .value, rows: 2),
  ]

  /// What one row is, a function of the seed and its number.
  static func row(_ number: Int, seed: UInt64) -> (a: Int, b: Int, value: Float, clicked: Bool) {
    let random = CounterRandom(seed: seed, stream: 3)
    let base = UInt64(number) * 4
    let a = 1 + random.integer(base, below: 8)
    let b = 1 + random.integer(base + 1, below: 6)
    let logit = a % 2 == 0 ? 1.5 : -1.5
    let clicked = random.uniform(base + 2) < 1 / (1 + exp(-logit))
    return (a, b, Float(random.normal(base + 4)), clicked)
  }

  /// A pass over rows that live in memory.
  final class Pass: BatchSource {
    private let numbers: [Int]
    private let order: Int
    private let seed: UInt64
    private let label: ((Int, Bool) -> Float)?
    private let batch: EncodedBatch
    private var done = 0

    init(
      rows: Int, batchSize: Int, seed: UInt64, order: Int = 0,
      label: ((Int, Bool) -> Float)? = nil
    ) {
      let random = CounterRandom(seed: seed, stream: UInt64(1000 + order))
      numbers = (0..<rows).sorted { random.bits(UInt64($0)) < random.bits(UInt64($1)) }
      self.seed = seed
      self.order = order
      self.label = label
      batch = EncodedBatch(capacity: batchSize, schema: LearnableRows.schema)
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
        batch.labels[index] = label?(number, row.clicked) ?? (row.clicked ? 1 : 0)
      }
      done += batch.rows
      return batch
    }

    var progress: ReadingProgress {
      var progress = ReadingProgress()
      progress.rows = done
      // The first pass reads text for long, later ones what was kept of it.
      progress.readSeconds = order == 0 ? 1000 : 0
      return progress
    }
  }

  /// Training rows in a new order each epoch, and validation and test rows of other seeds.
  static func data(batchSize: Int, hasValid: Bool = true, rows: Int = 2000) -> TrainingData {
    TrainingData(
      train: { Pass(rows: rows, batchSize: batchSize, seed: 1, order: $0) },
      valid: hasValid ? { Pass(rows: 1000, batchSize: batchSize, seed: 2) } : nil,
      test: { Pass(rows: 1000, batchSize: batchSize, seed: 3) })
  }
}

/// Writes down every event.
final class EventLog: TrainingObserver {
  private(set) var events: [TrainingEvent] = []
  func observe(_ event: TrainingEvent) { events.append(event) }

  var warnings: [String] {
    events.compactMap {
      guard case .warning(let text) = $0 else { return nil }
      return text
    }
  }

  /// What each event is, progress left out.
  var kinds: [String] {
    events.compactMap {
      switch $0 {
      case .resumed: "resumed"
      case .epochStarted: "epoch"
      case .progress: nil
      case .evaluated(_, let improved): improved.map { $0 ? "better" : "worse" } ?? "final"
      case .learningRateReduced: "reduced"
      case .stoppedEarly: "stopped"
      case .bestReloaded: "reloaded"
      case .warning: "warning"
      }
    }
  }
}
