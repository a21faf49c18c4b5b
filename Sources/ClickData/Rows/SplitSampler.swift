import CXXHash
import Platform

/// Selects the rows of one source that belong to a split.
///
/// A row's place in [0, 1) is `CounterRandom(seed, stream: XXH3-64(file's last path component))` at
/// its line number, counted from 1; the splits divide that interval in the order train, valid,
/// test. The place depends neither on threads nor on the order or folder of the files.
struct SplitSampler {
  private let seed: UInt64
  private let range: Range<Double>
  private var random: CounterRandom

  /// The sampler of one split.
  init(_ shares: DatasetSettings.SplitShares, split: Split) {
    seed = UInt64(bitPattern: Int64(shares.seed))
    // The last split with a share ends at 1 exactly, however the sum of the shares was rounded.
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

  /// What it depends on, for the recipe of a cache.
  var recipe: String { "seed \(seed), places \(range)" }

  mutating func begin(path: String) {
    var name = String(InputPaths.lastComponent(path))
    let stream = name.withUTF8 { sfg_xxh3_64($0.baseAddress, $0.count, 0) }
    random = CounterRandom(seed: seed, stream: stream)
  }

  /// Whether the row on a line belongs to the split.
  @inline(__always)
  func contains(line: Int) -> Bool { range.contains(random.uniform(UInt64(line))) }
}
