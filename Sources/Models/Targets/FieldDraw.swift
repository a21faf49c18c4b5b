import Platform

/// A random order of the fields, drawn anew for every training step.
///
/// It depends on the seed, the name and the step alone, so neither threads nor a resumed run can shift it. Place `k` of `N`
/// is swapped with place `k + integer(step·N + k, below: N − k)`, place after place (Fisher and Yates).
final class FieldDraw {
  /// The fields in the order of the last draw.
  private(set) var order: [Int]
  private let random: CounterRandom

  init(_ blueprint: Blueprint, named name: String) {
    order = Array(blueprint.schema.indices)
    random = blueprint.initializer.random(for: name)
  }

  /// Draws the order of a step.
  func draw(step: Int) {
    let count = order.count
    for place in 0..<count { order[place] = place }
    for place in 0..<count {
      order.swapAt(
        place, place + random.integer(UInt64(step * count + place), below: count - place))
    }
  }
}
