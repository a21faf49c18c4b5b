/// The fields of which a cross layer's interactions are predicted, the same ones for every row of a batch.
///
/// In training those from one place of a draw on, in its order, so that a field stands in any place, as in the authors'
/// code; in evaluation some fixed ones, as many.
class DrawnFields {
  /// The fields, in the order of their places in what the head reads; as many in every pass.
  final private(set) var fields: [Int]
  private let fixed: [Int]
  private let first: Int
  private let draw: FieldDraw

  init(_ draw: FieldDraw, from first: Int, inEvaluation fixed: [Int]) {
    self.draw = draw
    self.first = first
    self.fixed = fixed
    fields = fixed
  }

  /// Settles the fields of a pass.
  final func choose(_ pass: Pass) {
    switch pass {
    case .training(let step):
      draw.draw(step: step)
      for place in fields.indices { fields[place] = draw.order[first + place] }
    case .evaluation:
      for place in fields.indices { fields[place] = fixed[place] }
    }
  }
}
