import LinearAlgebra

/// Weights of rows and of clicks per distinct logit, in bounded memory: what a recalibration is
/// fitted to.
///
/// Up to 2¹⁸ distinct logits are kept exactly. Of more, the last bits are dropped, as few as
/// possible, until at most so many remain: neighbouring logits then count as their mean.
public struct LogitCounts {
  /// The rows of one logit, or of neighbouring ones.
  struct Cell {
    var key: LogitKey
    /// The sum of the weights: the number of rows where each counts once.
    var weight: Double
    /// The sum of the weights of clicked rows.
    var clickWeight: Double
    var logitSum: Double

    /// The mean logit.
    var logit: Double { logitSum / weight }
  }

  /// Rows added so far.
  public private(set) var rows = 0
  /// Clicked rows added so far.
  public private(set) var positives = 0

  private let limit: Int
  private let weighting: RowWeighting
  private var dropped = 0
  private var cells: [Cell] = []

  /// Starts without rows.
  public init(weighting: RowWeighting = RowWeighting()) {
    self.init(limit: 1 << 18, weighting: weighting)
  }

  init(limit: Int, weighting: RowWeighting = RowWeighting()) {
    self.limit = limit
    self.weighting = weighting
  }

  /// Adds the logits `[rows, 1]` of a batch, its labels, each 0 or 1, and its weights if it has
  /// any.
  ///
  /// Throws `TrainingFailure.nonFiniteLogit` at the first such logit.
  public mutating func add(
    logits: MatrixView, labels: UnsafePointer<Float>, weights: UnsafePointer<Float>? = nil
  ) throws {
    for row in 0..<logits.rows {
      let logit = logits[row, 0]
      guard logit.isFinite else { throw TrainingFailure.nonFiniteLogit(row: rows) }
      let isClick = labels[row] > 0.5
      let weight = weighting.of(weights?[row] ?? 1, clicked: isClick)
      rows += 1
      positives += isClick ? 1 : 0
      // A cell without weight has no mean logit.
      guard weight > 0 else { continue }
      cells.append(
        Cell(
          key: key(logit), weight: weight, clickWeight: isClick ? weight : 0,
          logitSum: weight * Double(logit)))
      if cells.count == 4 * limit { merge() }
    }
  }

  /// The cells in ascending order of their logits.
  mutating func sorted() -> [Cell] {
    merge()
    return cells
  }

  private func key(_ logit: Scalar) -> LogitKey { coarse(LogitKey(ordering: logit)) }

  private func coarse(_ key: LogitKey) -> LogitKey { (key >> dropped) << dropped }

  /// Sorts the cells and joins those of the same key.
  private mutating func merge() {
    cells.sort { $0.key < $1.key }
    join()
    while cells.count > limit {
      dropped += 1
      for index in cells.indices { cells[index].key = coarse(cells[index].key) }
      join()
    }
  }

  private mutating func join() {
    var last = -1
    for cell in cells {
      if last >= 0, cells[last].key == cell.key {
        cells[last].weight += cell.weight
        cells[last].clickWeight += cell.clickWeight
        cells[last].logitSum += cell.logitSum
      } else {
        last += 1
        cells[last] = cell
      }
    }
    cells.removeLast(cells.count - 1 - last)
  }
}
