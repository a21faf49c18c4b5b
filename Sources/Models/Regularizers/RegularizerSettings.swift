import LinearAlgebra

/// The weights of the terms that training adds to the loss against collapse:
/// `training.regularizers`.
///
/// A term of weight 0 does not exist.
public struct RegularizerSettings: Equatable, Sendable {
  /// λ of the spread of each field's singular values (`SingularValueVariance`).
  public var singularValueVariance = 0.0
  /// λ of the correlations between the embeddings' elements (`Decorrelation`).
  public var decorrelation = 0.0
  /// λ of the similarity between sets of embeddings (`SpaceSimilarity`).
  public var spaceSimilarity = 0.0
  /// λ of the distance of cross weights' blocks from rotations (`BlockOrthogonality`).
  public var blockOrthogonality = 0.0
  /// λ of the spread of cross weights' norms between sets (`NormAlignment`).
  public var normAlignment = 0.0
  /// No terms.
  public init() {}

  /// Whether there are terms of embeddings, which are then written side by side.
  var readEmbeddings: Bool {
    singularValueVariance > 0 || decorrelation > 0 || spaceSimilarity > 0
  }
}

/// A term of the loss that depends on the embeddings of a whole batch.
///
/// Training measures it in forward, with sums over the batch in which all processes take part;
/// backward adds its gradient to each row's embeddings.
protocol EmbeddingRegularizer: AnyObject {
  /// λ times the term of the last batch.
  var penalty: Double { get }
  /// Measures a batch's embeddings, one tensor per set.
  func measure(_ embeddings: (_ set: Int) -> FieldTensor)
  /// Adds the gradients of the embeddings that were measured last.
  func addGradients(
    _ embeddings: (_ set: Int) -> FieldTensor, to gradients: (_ set: Int) -> FieldTensor)
}

/// A term of the loss that depends on weights alone.
///
/// Every process adds its gradient once, when the gradients of all have been added.
protocol WeightRegularizer: AnyObject {
  /// Adds the weights' gradients; returns λ times the term.
  func addGradients() -> Double
}

/// The weights of cross layers, `[fields · d, fields · d]`, set by set.
enum CrossWeights {
  static func find(in registry: ParameterRegistry) -> [[Parameter]] {
    var sets: [[String]: [Parameter]] = [:]
    var order: [[String]] = []
    for parameter in registry.parameters {
      let names = parameter.name.split(separator: ".").map(String.init)
      guard let place = names.firstIndex(of: "cross"), names.count == place + 3,
        names[place + 2] == "weight"
      else { continue }
      let set = Array(names[..<place])
      if sets[set] == nil { order.append(set) }
      sets[set, default: []].append(parameter)
    }
    return order.compactMap { sets[$0] }
  }
}
