import LinearAlgebra
import Platform

/// The side of an interaction that a paradigm may generate.
///
/// An interaction requests its source's vectors and the place for their gradient; it cannot tell a
/// raw embedding from a generated one.
protocol Source: AnyObject {
  /// Floating-point operations of a row's products of vectors with one another, forward.
  var operations: Int { get }
  /// The source's vectors for an input, of all fields or of those that are read, valid until the
  /// next call.
  func forward(_ input: FieldInput, _ pass: Pass) -> FieldTensor
  /// What an analysis reads of `forward`'s result for `count` fields, of which the interaction
  /// reads some.
  func representation(
    _ output: FieldTensor, readBy fields: SourceFields, of count: Int
  ) -> MatrixView?
  /// The source's vectors as operations of a graph.
  func graph(_ input: GraphVectors, _ graph: GraphBuilder) -> GraphVectors
  /// Where the interaction adds the gradient of `forward`'s result: zeros, or the input's own
  /// gradient.
  func outputGradient(within inputGradient: FieldGradient) -> FieldTensor
  /// Carries the gradient that the interaction added back to the input.
  func backward(addingTo inputGradient: FieldGradient)
}

/// The discriminative paradigm's source: the input itself, with nothing to train and nothing to
/// copy.
final class RawSource: Source {
  let operations = 0

  func forward(_ input: FieldInput, _ pass: Pass) -> FieldTensor { input.tensor }

  /// All of it: the other side of the interaction reads the remaining fields.
  func representation(
    _ output: FieldTensor, readBy _: SourceFields, of _: Int
  ) -> MatrixView? {
    output.flattened
  }

  func graph(_ input: GraphVectors, _: GraphBuilder) -> GraphVectors { input }

  /// The input's own gradient: what is added there has arrived.
  func outputGradient(within inputGradient: FieldGradient) -> FieldTensor { inputGradient.tensor }

  func backward(addingTo inputGradient: FieldGradient) {}
}

/// The generative paradigm's source: what a field encoder makes of the input.
final class GeneratedSource: Source {
  var operations: Int { encoder.operations }
  private let encoder: FieldEncoder
  private let scratch: SharedScratch
  private let pool: WorkerPool
  /// The fields that the last forward generated.
  private var fields = 0
  /// Borrowed from `outputGradient` to `backward`.
  private var gradient: FieldTensor?

  init(_ context: LayerContext, _ encoder: FieldEncoder, width: Int) {
    self.encoder = encoder
    scratch = context.scratch
    scratch.reserve(rows: context.batchCapacity, columns: width)
    pool = context.pool
  }

  func forward(_ input: FieldInput, _ pass: Pass) -> FieldTensor {
    let output = encoder.forward(input, pass)
    fields = output.fields
    return output
  }

  /// The fields that are read; nil if there are none.
  func representation(
    _ output: FieldTensor, readBy fields: SourceFields, of count: Int
  ) -> MatrixView? {
    fields.range(of: count).isEmpty ? nil : fields.vectors(of: output, among: count)
  }

  func graph(_ input: GraphVectors, _ graph: GraphBuilder) -> GraphVectors {
    encoder.graph(input, graph)
  }

  func outputGradient(within inputGradient: FieldGradient) -> FieldTensor {
    let input = inputGradient.tensor
    let rows = scratch.borrow(rows: input.batch, columns: fields * input.dimension)
    pool.tiles(of: rows.rows, size: 64) { rows.rows($0).fill(0) }
    let gradient = FieldTensor(rows, fields: fields)
    self.gradient = gradient
    return gradient
  }

  func backward(addingTo inputGradient: FieldGradient) {
    guard let gradient else {
      preconditionFailure("GeneratedSource: backward before outputGradient")
    }
    encoder.backward(gradient, addingTo: inputGradient)
    self.gradient = nil
    scratch.giveBack()
  }
}

/// The source of one layer in a stack, which reads either the raw embedding or the state of the
/// layer it feeds.
///
/// The layer passes both, and both gradients; which of them the source reads is fixed when it is
/// built.
struct LayeredSource {
  var operations: Int { source.operations }
  private let source: Source
  private let input: EncoderSettings.Input

  init(_ source: Source, reading input: EncoderSettings.Input) {
    self.source = source
    self.input = input
  }

  /// The source's vectors, valid until the next call.
  func forward(_ embeddings: Embeddings, state: FieldInput, _ pass: Pass) -> FieldTensor {
    switch input {
    case .embedding: source.forward(embeddings.raw, pass)
    case .layerState: source.forward(state, pass)
    }
  }

  /// The source's vectors as operations of a graph.
  func graph(
    _ embeddings: GraphVectors, state: GraphVectors, _ graph: GraphBuilder
  ) -> GraphVectors {
    switch input {
    case .embedding: source.graph(embeddings, graph)
    case .layerState: source.graph(state, graph)
    }
  }

  /// Where the layer adds the gradient of `forward`'s result.
  func outputGradient(_ gradients: EmbeddingGradients, state: FieldGradient) -> FieldTensor {
    source.outputGradient(within: choose(gradients, state))
  }

  /// Carries the gradient that the layer added back to what the source reads.
  func backward(addingTo gradients: EmbeddingGradients, state: FieldGradient) {
    source.backward(addingTo: choose(gradients, state))
  }

  private func choose(_ gradients: EmbeddingGradients, _ state: FieldGradient) -> FieldGradient {
    switch input {
    case .embedding: gradients.raw
    case .layerState: state
    }
  }
}

/// A source that reads the embeddings and keeps its last input and output, so that an analysis may
/// read them.
///
/// Every backbone with one interaction between the embeddings and its source has one.
final class ObservedSource {
  var operations: Int { source.operations }
  private let source: Source
  private let fields: SourceFields
  private var input: FieldTensor?
  private var output: FieldTensor?

  /// Observes a source of which an interaction reads some fields.
  init(_ source: Source, readBy fields: SourceFields) {
    self.source = source
    self.fields = fields
  }

  /// The source's vectors, valid until the next call.
  func forward(_ embeddings: Embeddings, _ pass: Pass) -> FieldTensor {
    let output = source.forward(embeddings.raw, pass)
    self.input = embeddings.raw.tensor
    self.output = output
    return output
  }

  /// The source's vectors as operations of a graph.
  func graph(_ embeddings: GraphVectors, _ graph: GraphBuilder) -> GraphVectors {
    source.graph(embeddings, graph)
  }

  /// Where the interaction adds the gradient of `forward`'s result.
  func outputGradient(within gradients: EmbeddingGradients) -> FieldTensor {
    source.outputGradient(within: gradients.raw)
  }

  /// Carries the gradient that the interaction added back to the embeddings.
  func backward(addingTo gradients: EmbeddingGradients) { source.backward(addingTo: gradients.raw) }

  /// The redundancy matrix compares the raw embedding, its left operand, with the source's output.
  func matrix(at point: ProbePoint) -> MatrixView? {
    switch point {
    case .embedding, .left: input?.flattened
    case .encoder(0), .right:
      output.flatMap { source.representation($0, readBy: fields, of: input?.fields ?? 0) }
    default: nil
    }
  }
}
