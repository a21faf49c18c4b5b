import ClickData
import LinearAlgebra
import Platform

/// Writes predictions beside labels as CSV, `row,label,logit,probability`.
///
/// Where some rows do not count once, a last column `weight` has that of each row in the metrics.
/// Numbers read back to the same bits. The file appears, complete, at `commit`, or not at all; it
/// is gzipped if its name ends in ".gz".
public final class PredictionWriter {
  private let text: PredictionText
  private let weighting: RowWeighting

  /// Opens a temporary file beside the path.
  public init(
    _ path: String, weighting: RowWeighting = RowWeighting(),
    pool: WorkerPool = WorkerPool(threads: 1)
  ) throws {
    self.weighting = weighting
    let header = "row,label,logit,probability\(weighting.isUsed ? ",weight" : "")"
    text = try PredictionText(path, header: Array(header.utf8), pool: pool)
  }

  /// Adds the rows of a batch.
  public func write(_ batch: EncodedBatch, logits: MatrixView) throws {
    precondition(
      logits.rows == batch.rows,
      "PredictionWriter: \(logits.rows) logits for \(batch.rows) rows")
    try text.append(rows: batch.rows) { row, line in
      line.append(number: batch.positions[row])
      line.append(UInt8(ascii: ","))
      line.append(UInt8(ascii: batch.labels[row] > 0.5 ? "1" : "0"))
      line.append(score: logits[row, 0])
      guard weighting.isUsed else { return }
      line.append(UInt8(ascii: ","))
      line.append(number: weighting.of(row, in: batch))
    }
  }

  /// Completes the file and moves it to its path.
  public func commit() throws { try text.commit() }
}
