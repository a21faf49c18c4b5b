import Glibc

/// The non-decreasing function of the logit with the least weighted squared distance from clicks.
///
/// Constant within blocks of logits and linear between them, as in scikit-learn.
struct IsotonicRegression: Equatable, Sendable {
  /// The first and last logit of each block, ascending.
  let logits: [Double]
  /// The probabilities there, non-decreasing.
  let probabilities: [Double]

  init(logits: [Double], probabilities: [Double]) {
    self.logits = logits
    self.probabilities = probabilities
  }

  /// Pools adjacent violators (Ayer et al., 1955): neighbouring blocks join until click rates rise.
  ///
  /// Rows of equal logits are in one cell, and so in one block. Probabilities are limited to
  /// Platt's targets, `1/(N + 2)` and `(P + 1)/(P + 2)`, where `P` and `N` are the sums of the
  /// weights of clicks and of other rows, so that a click in a block without clicks
  /// has a finite loss.
  init(_ cells: [LogitCounts.Cell]) {
    var blocks: [Block] = []
    for cell in cells {
      var block = Block(
        first: cell.logit, last: cell.logit, weight: cell.weight, clickWeight: cell.clickWeight)
      while let previous = blocks.last, previous.isAtLeast(block) {
        blocks.removeLast()
        block = Block(
          first: previous.first, last: block.last, weight: previous.weight + block.weight,
          clickWeight: previous.clickWeight + block.clickWeight)
      }
      blocks.append(block)
    }
    let positives = cells.reduce(0) { $0 + $1.clickWeight }
    let negatives = cells.reduce(0) { $0 + $1.weight } - positives
    var (logits, probabilities): ([Double], [Double]) = ([], [])
    for block in blocks {
      let rate = block.clickWeight / block.weight
      let probability = min(max(rate, 1 / (negatives + 2)), (positives + 1) / (positives + 2))
      for logit in block.first < block.last ? [block.first, block.last] : [block.first] {
        logits.append(logit)
        probabilities.append(probability)
      }
    }
    self.init(logits: logits, probabilities: probabilities)
  }

  /// The calibrated logit; that of the nearest block for logits outside all of them.
  @inline(__always)
  func logit(_ logit: Double) -> Double {
    let p = probability(logit)
    return log(p) - log1p(-p)
  }

  /// The calibrated probability.
  func probability(_ logit: Double) -> Double {
    // The first knot above the logit.
    var (low, high) = (0, logits.count)
    while low < high {
      let middle = (low + high) / 2
      if logits[middle] <= logit { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return probabilities[0] }
    guard low < logits.count else { return probabilities[low - 1] }
    let (left, right) = (probabilities[low - 1], probabilities[low])
    let share = (logit - logits[low - 1]) / (logits[low] - logits[low - 1])
    return left + share * (right - left)
  }

  /// Cells of one click rate.
  private struct Block {
    let first: Double
    let last: Double
    let weight: Double
    let clickWeight: Double

    /// Whether its click rate is not below that of a block of higher logits.
    func isAtLeast(_ other: Block) -> Bool {
      clickWeight * other.weight >= other.clickWeight * weight
    }
  }
}
