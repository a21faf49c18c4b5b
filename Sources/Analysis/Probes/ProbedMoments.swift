import LinearAlgebra
import Models
import Platform

/// The moments of a model's values at some places, summed once for places that share memory.
///
/// Without an encoder, the source of an interaction is the embedding itself: one sum serves both.
public final class ProbedMoments {
  /// The distinct matrices, each identified by its first place.
  let operands: [ProbePoint]
  private let operand: [ProbePoint: Int]
  /// Sums the products; nil without places.
  private let accumulator: JointMomentAccumulator?
  private var found: JointMoments?

  /// Prepares the products of each place with itself, and of pairs of places.
  ///
  /// `first` is a batch that shows which places share memory; the model must have all of them.
  init(
    _ first: Snapshot, places: [ProbePoint], pairs: [(ProbePoint, ProbePoint)], pool: WorkerPool
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
    accumulator =
      matrices.isEmpty
      ? nil
      : JointMomentAccumulator(
        columns: matrices.map(\.columns), products: products.filter { known.insert($0).inserted },
        pool: pool)
    self.operands = operands
    self.operand = operand
  }

  /// Adds a batch.
  func add(_ snapshot: Snapshot) {
    accumulator?.add(
      operands.map { place in
        guard let matrix = snapshot.matrix(at: place) else {
          preconditionFailure("ProbedMoments: no \(place) in a later batch")
        }
        return matrix
      })
  }

  /// The index of the distinct matrix at a place.
  func index(of place: ProbePoint) -> Int {
    guard let index = operand[place] else { preconditionFailure("ProbedMoments: no \(place)") }
    return index
  }

  /// The moments at a place; no rows can be added afterwards.
  func moments(at place: ProbePoint) -> Moments { finished.moments(index(of: place)) }

  /// The cross-moments of a pair of places; no rows can be added afterwards.
  func cross(_ left: ProbePoint, _ right: ProbePoint) -> CrossMoments {
    finished.cross(index(of: left), index(of: right))
  }

  private var finished: JointMoments {
    if let found { return found }
    guard let accumulator else { preconditionFailure("ProbedMoments: no places") }
    let moments = accumulator.finish()
    found = moments
    return moments
  }
}
