/// One thing that is measured, with the roof or the bar that stands beside it.
protocol Bar {
  /// What the command line calls it.
  var name: String { get }
  /// What it asks, in words.
  var title: String { get }
  /// Measures and prints its lines.
  func measure(_ bench: Workbench) throws
}
