import CXXHash
import Platform

/// Which rows of one source belong to a split.
///
/// A row's place in [0, 1) is `CounterRandom(seed, stream: XXH3-64(file's last path component))` at its line
/// number, counted from 1; the splits divide that interval in the order train, valid, test. Neither threads
/// nor the order or the folder of files can move a row.
struct SplitSampler {
  private let seed: UInt64
  private let range: Range<Double>
  private var random: CounterRandom

  /// The sampler of one split.
  init(_ shares: DatasetSettings.SplitShares, split: Split) {
    seed = UInt64(bitPattern: Int64(shares.seed))
    // The last split with a share ends at 1 exactly, whatever the shares' sum was rounded to.
    let trainEnd = shares.valid > 0 || shares.test > 0 ? shares.train : 1
    let validEnd = shares.test > 0 ? shares.train + shares.valid : 1
    range =
      switch split {
      case .train: 0..<trainEnd
      case .valid: trainEnd..<max(trainEnd, validEnd)
      case .test: validEnd..<max(validEnd, 1)
      }
    random = CounterRandom(seed: seed, stream: 0)
  }

  /// The share of rows that belong to the split.
  var share: Double { range.upperBound - range.lowerBound }

  /// What it depends on, in words.
  var recipe: String { "seed \(seed), places \(range)" }

  /// Turns to another file.
  mutating func begin(path: String) {
    var name = String(InputPaths.lastComponent(path))
    let stream = name.withUTF8 { sfg_xxh3_64($0.baseAddress, $0.count, 0) }
    random = CounterRandom(seed: seed, stream: stream)
  }

  /// Whether the row on a line belongs to the split.
  @inline(__always)
  func contains(line: Int) -> Bool { range.contains(random.uniform(UInt64(line))) }
}
