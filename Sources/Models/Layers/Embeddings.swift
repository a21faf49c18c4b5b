import LinearAlgebra

/// How many vectors a row has, one per field, and their length.
public struct FieldShape: Equatable, Sendable {
  /// Number of fields.
  public let fields: Int
  /// Elements of one field's vector.
  public let dimension: Int

  /// Describes rows of vectors.
  public init(fields: Int, dimension: Int) {
    self.fields = fields
    self.dimension = dimension
  }

  /// Elements of a row: fields · dimension.
  public var width: Int { fields * dimension }
  /// Pairs of different fields: fields · (fields − 1) / 2.
  public var pairs: Int { PairwiseVectorKernel.pairs(of: fields) }

  /// The columns of one field's vector among those of a row.
  func columns(of field: Int) -> Range<Int> { columns(of: field..<field + 1) }
  /// The columns of the vectors of adjacent fields.
  func columns(of fields: Range<Int>) -> Range<Int> {
    fields.lowerBound * dimension..<fields.upperBound * dimension
  }
}

/// A batch's vectors as a layer reads them, `[batch, fields, dimension]`, and what is known of rows
/// that repeat.
public struct FieldInput {
  /// The vectors.
  public let tensor: FieldTensor
  /// The products that multiply repeated rows once; nil where nothing is known to repeat.
  let repeated: RepeatedProducts?

  /// Vectors of which some fields' rows repeat, or none.
  init(_ tensor: FieldTensor, repeated: RepeatedProducts? = nil) {
    self.tensor = tensor
    self.repeated = repeated
  }

  var batch: Int { tensor.batch }
  var fields: Int { tensor.fields }
  var dimension: Int { tensor.dimension }

  /// The vectors of a row side by side, as a fully connected layer reads them.
  var flattened: LayerInput { repeated.map { .repeated($0) } ?? .dense(tensor.flattened) }
}

/// Where layers add the gradient of a `FieldInput`.
public struct FieldGradient {
  /// The gradient of every vector, less what goes to repeated rows directly.
  public let tensor: FieldTensor
  /// The products that send the gradient of repeated rows to these; nil where all of it goes to
  /// `tensor`.
  let repeated: RepeatedProducts?

  /// A gradient of which a layer may send the part of repeated rows to these, or all of it to the
  /// tensor.
  init(_ tensor: FieldTensor, repeated: RepeatedProducts? = nil) {
    self.tensor = tensor
    self.repeated = repeated
  }

  /// The gradients of a row's vectors side by side, as a fully connected layer writes them.
  var flattened: LayerGradient {
    repeated.map { .repeated(tensor.flattened, $0) } ?? .dense(tensor.flattened)
  }
}

/// A batch's embeddings as the parts of a backbone read them.
///
/// The two differ only while a mask hides fields: sources read what is behind it.
public struct Embeddings {
  /// What sources read: the embeddings as they were looked up.
  let raw: FieldInput
  /// What everything else reads: the embeddings, or what the mask shows of them.
  let input: FieldInput

  var batch: Int { input.batch }
  /// The target operand of an interaction.
  var target: FieldTensor { input.tensor }
}

/// Where the parts of a backbone add the gradients of `Embeddings`.
public struct EmbeddingGradients {
  /// Where sources add.
  let raw: FieldGradient
  /// Where everything else adds.
  let input: FieldGradient

  /// The gradient of an interaction's target operand.
  var target: FieldTensor { input.tensor }
}
