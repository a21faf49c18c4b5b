/// The order in which the rows of a pass come.
public enum RowOrder: Equatable, Sendable {
  /// As stored: files in the order of their paths, lines in the order of the file.
  case stored
  /// A shuffle of its own for every seed and epoch, through a buffer of `bufferRows` rows; where the whole split
  /// fits, every permutation is equally likely.
  case shuffled(seed: Int, epoch: Int, bufferRows: Int)
}
