/// One benchmark: measurements and the roofline or threshold that each is compared with.
protocol Bar {
  /// The name on the command line.
  var name: String { get }
  /// The heading of its lines.
  var title: String { get }
  /// Measures and prints one line per result.
  func measure(_ bench: Workbench) throws
}
