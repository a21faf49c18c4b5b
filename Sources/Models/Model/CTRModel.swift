import ClickData
import LinearAlgebra
import Platform

/// A click model: embedding tables, a linear term where the backbone has one, and the backbone.
///
/// `logit = linear term + backbone(embeddings)`, the click's probability is `sigmoid(logit)`. The
/// model is parameters, forward and backward; optimizer, schedule and files are elsewhere.
public final class CTRModel {
  /// The fields it reads.
  public let schema: [FieldSchema]
  /// What it was built from.
  public let settings: ModelSettings
  /// Everything that training changes, in one fixed order.
  public let parameters: [Parameter]
  /// What layers measure while they train, such as running means.
  public let statistics: [RunningStatistic]
  /// The fields that have their own tables, in order.
  public var tableOwners: [FieldSchema] { fields.owners.map { schema[$0] } }
  /// The rows of each owner's tables that the last backward touched.
  public var touchedRows: [TouchedRows] { fields.touchedRows }
  /// The tables of each owner.
  public var tablesOfOwners: [[Parameter]] { tables }
  /// For each field, the rows of the tables that it uses, its own or those of another field.
  public var fieldRows: [TouchedRows] { fields.tables.map { fields.touchedRows[$0] } }
  /// Floating-point operations of a row's products of vectors with one another, forward: the
  /// interactions, and the weights of self-attention.
  public let interactionOperations: Int
  /// What is added to the logits that a trained model predicts, but not in `forward`: the logarithm
  /// of the share of negatives that its training rows kept, so that probabilities are those without
  /// sampling.
  ///
  /// `Evaluator` and `graph` add it; training does not.
  public var logitShift = 0.0
  /// The part of a training batch that this process computes.
  public let share: BatchShare
  /// The threads that compute.
  public let pool: WorkerPool

  /// The sum of the regularizers' terms in the last training step.
  public var penalty: Double { regularizers?.penalty ?? 0 }

  private let linear: LinearTerm?
  private let interaction: Interaction?
  private let regularizers: Regularizers?
  private let logits: Matrix
  private var batch: EncodedBatch?
  private let fields: FieldTables
  /// The tables of each owner: its rows are found once for all of them.
  private let tables: [[Parameter]]
  private let tableGradients: [[MatrixView]]
  /// What is prefetched of each owner's rows as soon as they are found; nil where there is nothing.
  private let prefetchTargets: [MatrixView?]
  /// Whether the rows that `batch` touches have been found and fetched.
  private var isTouched = false

  /// Builds a model for batches of up to `batchCapacity` rows and draws its initial weights from a
  /// seed.
  public convenience init(
    schema: [FieldSchema], settings: ModelSettings, batchCapacity: Int, seed: UInt64,
    rowHistory: @escaping RowHistory = noRowHistory, share: BatchShare = BatchShare(),
    precision: ProductPrecision = .float32,
    regularizers: RegularizerSettings = RegularizerSettings(),
    pool: WorkerPool
  ) {
    self.init(
      schema: schema, settings: settings, batchCapacity: batchCapacity,
      weights: .drawn(seed: seed), rowHistory: rowHistory, share: share, precision: precision,
      regularizers: regularizers, pool: pool)
  }

  /// Builds a model for batches of up to `batchCapacity` rows, with room for `rowHistory` beside
  /// each row of a table.
  ///
  /// `share` says which rows of a training batch this process computes. With weights of zero its
  /// tables and buffers take addresses but no memory, whatever their size.
  public init(
    schema: [FieldSchema], settings: ModelSettings, batchCapacity: Int, weights: InitialWeights,
    rowHistory: @escaping RowHistory = noRowHistory, share: BatchShare = BatchShare(),
    precision: ProductPrecision = .float32,
    regularizers: RegularizerSettings = RegularizerSettings(),
    pool: WorkerPool
  ) {
    self.schema = schema
    self.share = share
    self.settings = settings
    self.pool = pool
    logits = Matrix(rows: batchCapacity, columns: 1)
    let hasEmbeddings = settings.backbone.type(settings) != nil
    let fields = FieldTables(
      schema, batchCapacity: batchCapacity, history: rowHistory,
      numbersBesideSlot: TableStorage.numbersBesideSlot(
        embedding: hasEmbeddings ? settings.embeddingDimension : nil,
        hasWeights: settings.backbone.linearTerm(settings) == .lw, rowHistory))
    self.fields = fields
    let context = LayerContext(
      batchCapacity: batchCapacity, weights: weights, share: share, precision: precision,
      pool: pool)
    let builder = ModelBuilder(context: context, fields: fields, settings: settings)
    (linear, interaction) = builder.terms(writesEmbeddings: regularizers.readEmbeddings)
    self.regularizers =
      regularizers == RegularizerSettings() || interaction == nil
      ? nil : Regularizers(context, regularizers, builder.shape, sets: settings.embeddingSets)
    context.allocate()
    interactionOperations = (linear?.operations ?? 0) + (interaction?.operations ?? 0)
    parameters = context.registry.parameters
    statistics = context.registry.statistics
    let touching = Dictionary(grouping: parameters.filter { $0.touched != nil }) {
      $0.touched.map(ObjectIdentifier.init)
    }
    tables = fields.touchedRows.map { touching[ObjectIdentifier($0)] ?? [] }
    tableGradients = tables.map { $0.map(\.gradient.view) }
    prefetchTargets = tables.map { $0.lazy.compactMap(\.storage?.separatePart).first }
  }

  /// The logits of a batch, `[rows, 1]`, valid until the next forward and while the model lives.
  ///
  /// In training the rows are those of the model's `share` of a `whole` batch, whose other rows
  /// other processes compute.
  public func forward(
    _ batch: EncodedBatch, _ pass: Pass = .evaluation, of whole: EncodedBatch? = nil
  ) -> MatrixView {
    self.batch = batch
    isTouched = false
    switch pass {
    case .training:
      share.begin(batch: (whole ?? batch).rows)
      touch(whole ?? batch)
    case .evaluation:
      share.begin(whole: batch.rows)
      fields.begin(batch, firstRow: 0)
      for parameter in parameters { parameter.flush() }
    }
    let logits = logits.view.rows(0..<batch.rows)
    logits.fill(0)
    let embeddings = interaction?.embed(batch, pass)
    if case .training = pass, let interaction { regularizers?.measure(interaction) }
    linear?.forward(batch, embeddings, pass, addingTo: logits)
    interaction?.forward(pass, addingTo: logits)
    return logits
  }

  /// The logits with `logitShift`, `[batch, 1]`, as operations of a graph that reads one value of
  /// `fields` per field of the schema; its weights are this model's, not copies.
  public func graph(_ fields: [GraphField], _ graph: GraphBuilder) -> GraphValue {
    precondition(
      fields.count == schema.count, "CTRModel: \(fields.count) of \(schema.count) fields")
    let interactions = interaction?.graph(fields, graph)
    let term = linear?.graph(fields, interactions?.embeddings, graph)
    let logit = graph.add([term, interactions?.logit].compactMap(\.self))
    return graph.shift(logit, by: Scalar(logitShift))
  }

  /// Adds the gradient of every parameter, for the batch of the last forward.
  public func backward(_ logitGradient: MatrixView) {
    backwardOfShare(logitGradient)
    addPieces()
  }

  /// The same for the rows of this process, which are a part of the batch.
  ///
  /// Gradients of dense parameters and those of table rows by piece are then to be exchanged,
  /// before `addPieces`.
  public func backwardOfShare(_ logitGradient: MatrixView) {
    guard let batch else { preconditionFailure("CTRModel: backward before forward") }
    if !isTouched { touch(batch) }
    let embeddingGradient = interaction?.beginBackward()
    if let interaction { regularizers?.addGradients(interaction) }
    linear?.backward(batch, logitGradient, addingTo: embeddingGradient)
    interaction?.backward(logitGradient)
  }

  /// Adds the gradients of table rows from the batch's pieces, and those of terms of weights.
  public func addPieces() {
    pool.run(tables.count) { fields.touchedRows[$0].pieceRows?.sum(tableGradients[$0]) }
    regularizers?.finish()
  }

  /// Finds the rows that each field touches, and fetches their values.
  private func touch(_ batch: EncodedBatch) {
    fields.begin(batch, firstRow: share.rows.lowerBound)
    pool.run(tables.count) { table in
      fields.find(batch, table: table, prefetching: prefetchTargets[table])
      for parameter in tables[table] { parameter.fetchTouchedValues() }
    }
    isTouched = true
  }

  /// Sets every gradient to zero and forgets the rows touched.
  public func zeroGradients() {
    pool.run(parameters.count) { parameters[$0].zeroGradient() }
    for rows in touchedRows { rows.clear() }
    isTouched = false
  }

  /// The values of a place in the model in the last forward, `[rows, width]`; nil where the
  /// backbone has no such place.
  public func matrix(at point: ProbePoint) -> MatrixView? { interaction?.matrix(at: point) }
}

// MARK: Counts

extension CTRModel {
  /// A model that is only counted: its tables and buffers take addresses but no memory.
  public static func unallocated(
    schema: [FieldSchema], settings: ModelSettings, batchCapacity: Int,
    rowHistory: @escaping RowHistory = noRowHistory, precision: ProductPrecision = .float32,
    regularizers: RegularizerSettings = RegularizerSettings(), pool: WorkerPool
  ) -> CTRModel {
    CTRModel(
      schema: schema, settings: settings, batchCapacity: batchCapacity, weights: .zero,
      rowHistory: rowHistory, precision: precision, regularizers: regularizers, pool: pool)
  }

  /// Elements of all parameters.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.count } }

  /// Floating-point operations of a row's products with weight matrices: `Σ 2 · elements · uses`,
  /// of the elements in rows that are multiplied.
  ///
  /// Forward only; training takes three times as many, as each product has two gradients.
  /// `interactionOperations` counts the products of vectors with one another; lookups, biases,
  /// activations, normalisation and dropout are not counted.
  public var productOperations: Int {
    parameters.reduce(0) { sum, parameter in
      guard parameter.touched == nil, parameter.shape.count > 1 else { return sum }
      return sum + 2 * parameter.multipliedRows.count * parameter.value.columns * parameter.uses
    }
  }
}
