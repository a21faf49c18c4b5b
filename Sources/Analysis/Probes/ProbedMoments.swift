import LinearAlgebra
import Models
import Platform

/// The moments of what a model holds at some places, summed once for places that are the same memory.
///
/// Without an encoder the source of an interaction is the embedding itself: one sum serves both.
final class ProbedMoments {
  /// The distinct matrices, each by the first place that it was found at.
  let operands: [ProbePoint]
  private let operand: [ProbePoint: Int]
  private let accumulator: JointMomentAccumulator
  private var found: JointMoments?

  /// Plans the products of each place with itself, and of pairs of places; a first batch says what is the same memory.
  ///
  /// Every place must be one that the model has.
  init(
    _ first: Snapshot, places: [ProbePoint], pairs: [(ProbePoint, ProbePoint)] = [],
    pool: WorkerPool
  ) {
    var matrices: [MatrixView] = []
    var operands: [ProbePoint] = []
    var operand: [ProbePoint: Int] = [:]
    for place in places {
      guard let matrix = first.matrix(at: place) else {
        preconditionFailure("ProbedMoments: no \(place)")
      }
      let known = matrices.firstIndex {
        $0.base == matrix.base && $0.columns == matrix.columns && $0.stride == matrix.stride
      }
      operand[place] = known ?? matrices.count
      guard known == nil else { continue }
      matrices.append(matrix)
      operands.append(place)
    }
    let products =
      operands.indices.map { JointMomentAccumulator.Product($0, $0) }
      + pairs.compactMap { left, right in
        operand[left].flatMap { l in operand[right].map { .init(l, $0) } }
      }
    var known = Set<JointMomentAccumulator.Product>()
    accumulator = JointMomentAccumulator(
      columns: matrices.map(\.columns), products: products.filter { known.insert($0).inserted },
      pool: pool)
    self.operands = operands
    self.operand = operand
  }

  /// Rows added so far.
  var count: Int { accumulator.count }

  /// Adds a batch.
  func add(_ snapshot: Snapshot) {
    accumulator.add(
      operands.map { place in
        guard let matrix = snapshot.matrix(at: place) else {
          preconditionFailure("ProbedMoments: \(place) is gone")
        }
        return matrix
      })
  }

  /// Which of the distinct matrices a place is.
  func index(of place: ProbePoint) -> Int {
    guard let index = operand[place] else { preconditionFailure("ProbedMoments: no \(place)") }
    return index
  }

  /// The moments at a place; no row can be added afterwards.
  func moments(at place: ProbePoint) -> Moments { finished.moments(index(of: place)) }

  /// The cross-moments of a pair of places; no row can be added afterwards.
  func cross(_ left: ProbePoint, _ right: ProbePoint) -> CrossMoments {
    finished.cross(index(of: left), index(of: right))
  }

  private var finished: JointMoments {
    if let found { return found }
    let moments = accumulator.finish()
    found = moments
    return moments
  }
}
