import LinearAlgebra

/// What a step does to every element beside that element's own gradient.
struct UpdateStep {
  /// The rule's factor of the update, rounded where it meets an element.
  var stepSize: Double
  /// The rule's factor of the root of the second moments; 1 where it has none.
  var rootScale: Scalar = 1
  /// The factor of the clipping, 1 where nothing is clipped.
  var clipping: Scalar = 1
}
