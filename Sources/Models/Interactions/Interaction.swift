import ClickData
import LinearAlgebra

/// A model's embedding tables, with the backbone that reads them: ids to a part of the logit.
protocol Interaction: AnyObject {
  /// What a batch's ids look up, by name.
  var tables: [Parameter] { get }
  /// What else training changes, by name.
  var parameters: [Parameter] { get }
  /// What the layers gather while they train, by name.
  var statistics: [RunningStatistic] { get }
  /// Looks a batch up; returns the embeddings for those who read them too, nil where none are laid down.
  func embed(_ batch: EncodedBatch, _ pass: Pass) -> FieldTensor?
  /// Adds each row's interactions to its logit, for the batch of the last `embed`.
  func forward(_ pass: Pass, addingTo logits: MatrixView)
  /// Where those who read the embeddings add their gradient, before `backward`.
  func beginBackward() -> FieldTensor?
  /// Adds the gradients of tables and parameters, for the batch of the last forward.
  func backward(_ logitGradient: MatrixView)
  /// What may be looked at after a forward pass.
  func matrix(at point: ProbePoint) -> MatrixView?
}

extension Blueprint {
  /// What the settings add up to a logit: a linear term, where there is one beside the interaction, and the interaction; nil
  /// where the model is its linear term alone.
  func terms() -> (linear: LinearTerm?, interaction: Interaction?) {
    let linear = settings.backbone.makeLinearTerm(self)
    guard let backbone = settings.backbone.make(self) else { return (linear, nil) }
    let tables = EmbeddingLayer(self, named: "embedding", dimension: settings.embeddingDimension)
    let hasSequences = schema.contains { $0.kind == .sequence }
    switch (settings.backbone, settings.paradigm, mask, linear) {
    case (.fm, .discriminative, nil, let firstOrder as FirstOrderTerm) where !hasSequences:
      return (nil, FieldwiseFM(tables, firstOrder, backbone, self))
    default:
      return (linear, EmbeddedInteraction(tables, backbone, self))
    }
  }
}
