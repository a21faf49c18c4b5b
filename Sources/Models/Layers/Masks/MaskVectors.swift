import LinearAlgebra

/// What a mask adds to the embedding of a field.
protocol MaskVectors {
  /// The vectors, one a row.
  var parameter: Parameter { get }
  /// The row that masks a field.
  func row(of field: Int) -> Int
}

/// One vector for all fields, `[1, d]` (paper, section 4.1: masked predict).
struct SharedMaskVector: MaskVectors {
  let parameter: Parameter

  /// Makes `name.weight`.
  init(_ blueprint: Blueprint, named name: String) {
    parameter = .maskVectors(blueprint, named: name, rows: 1)
  }

  func row(of field: Int) -> Int { 0 }
}

/// A vector for each field, `[N, d]` (paper, section 4.1: field-wise masked).
struct FieldMaskVectors: MaskVectors {
  let parameter: Parameter

  /// Makes `name.weight`.
  init(_ blueprint: Blueprint, named name: String) {
    parameter = .maskVectors(blueprint, named: name, rows: blueprint.schema.count)
  }

  func row(of field: Int) -> Int { field }
}

extension Parameter {
  /// Drawn and regularised as the authors' `nn.Embedding` is.
  fileprivate static func maskVectors(
    _ blueprint: Blueprint, named name: String, rows: Int
  ) -> Parameter {
    let vectors = Parameter(
      name: "\(name).weight", shape: [rows, blueprint.settings.embeddingDimension],
      regularization: .embedding, uses: 0)
    blueprint.initializer.normal(vectors, deviation: 1e-4)
    return vectors
  }
}
