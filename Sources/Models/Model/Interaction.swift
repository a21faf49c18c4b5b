import ClickData
import LinearAlgebra

/// A model's embedding tables, with the backbone that reads them: ids to a part of the logit.
protocol Interaction: AnyObject {
  var operations: Int { get }
  /// Looks a batch up; returns what a linear term reads of the embeddings, nil where they are not
  /// written side by side.
  func embed(_ batch: EncodedBatch, _ pass: Pass) -> FieldInput?
  /// Adds each row's interactions to its logit, for the batch of the last `embed`.
  func forward(_ pass: Pass, addingTo logits: MatrixView)
  /// The embeddings of a graph's fields, and each row's interactions, `[batch, 1]`.
  func graph(
    _ fields: [GraphField], _ graph: GraphBuilder
  ) -> (embeddings: GraphVectors, logit: GraphValue)
  /// Where a linear term adds the embeddings' gradient, before `backward`.
  func beginBackward() -> FieldGradient?
  /// Adds the gradients of tables and parameters, for the batch of the last forward.
  func backward(_ logitGradient: MatrixView)
  /// What an analysis may read after a forward pass.
  func matrix(at point: ProbePoint) -> MatrixView?
  /// The vectors of one set of embeddings in the last `embed`, written side by side.
  func vectors(ofSet set: Int) -> FieldTensor
  /// Where their gradients go, from `beginBackward` to `backward`.
  func vectorGradients(ofSet set: Int) -> FieldTensor
}

extension ModelBuilder {
  /// Creates the terms that add up to a logit: a linear term, if there is one beside the
  /// interaction, and the interaction; nil where the model is its linear term alone.
  ///
  /// Creates tables, mask, linear term, backbone and further sets of tables, each with its
  /// backbone, in the order of a checkpoint. `writesEmbeddings` is whether embeddings must be
  /// written side by side.
  func terms(writesEmbeddings: Bool) -> (linear: LinearTerm?, interaction: Interaction?) {
    guard let backboneType = settings.backbone.type(settings) else { return (linearTerm(), nil) }
    let tables = EmbeddingLayer(
      context.scoped("embedding"), fields, dimension: settings.embeddingDimension)
    let mask = targetMask()
    let linear = linearTerm()
    let backbone = backboneType.init(self)
    // Where fields share a table, a row's gradient is a sum over several of them.
    let hasOwnTables = fields.sharers.isEmpty && !schema.contains { $0.kind == .sequence }
    switch (settings.backbone, settings.paradigm, mask, linear) {
    case (.fm, .discriminative, nil, let firstOrder as FirstOrderTerm)
    where hasOwnTables && settings.embeddingSets == 1 && !writesEmbeddings:
      return (nil, FieldwiseFM(tables, firstOrder, backbone, self))
    default:
      let first = EmbeddedInteraction(tables, mask, backbone, self)
      guard settings.embeddingSets > 1 else { return (linear, first) }
      let others = (1..<settings.embeddingSets).map {
        sibling($0).embeddedInteraction(backboneType)
      }
      return (linear, EmbeddingSets([first] + others))
    }
  }

  /// A backbone on tables of its own.
  private func embeddedInteraction(_ backbone: Backbone.Type) -> EmbeddedInteraction {
    let tables = EmbeddingLayer(
      context.scoped("embedding"), fields, dimension: settings.embeddingDimension)
    return EmbeddedInteraction(tables, nil, backbone.init(self), self)
  }

  private func linearTerm() -> LinearTerm? {
    switch settings.backbone.linearTerm(settings) {
    case .lw: FirstOrderTerm(context.scoped("first_order"), fields)
    case .felv:
      FeatureVectorTerm(context.scoped("linear"), fields, dimension: settings.embeddingDimension)
    case .filv: FieldVectorTerm(context.scoped("linear"), width: shape.width)
    case nil: nil
    }
  }
}
