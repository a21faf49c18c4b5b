/// The fields of which a cross layer's interactions are predicted, the same ones for every row of a batch.
protocol FieldChoice: AnyObject {
  /// The fields, in the order of their places in what the head reads; as many in every pass.
  var fields: [Int] { get }
  /// Settles the fields of a pass.
  func choose(_ pass: Pass)
}
