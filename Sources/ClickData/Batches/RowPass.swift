/// One pass over the rows of a split, from wherever they are stored.
protocol RowPass: AnyObject {
  /// Bytes of all files, as stored; nil where one is a pipe.
  var totalBytes: Int? { get }
  /// Bytes of the files used so far, and seconds spent on getting them.
  var read: (bytes: Int, seconds: Double) { get }
  /// Bad rows left out so far, and what is wrong with the first of them.
  var badRows: (count: Int, messages: [String]) { get }
  /// Gives every row to `filler`, in order, until the end or until nobody takes them.
  func run(into filler: BatchFiller) throws
  /// Called once all rows were given and the last batch was handed over.
  func finish()
  /// Ends the threads of the pass.
  func cancel()
}
