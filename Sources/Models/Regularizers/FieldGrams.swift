import LinearAlgebra
import Platform

/// Room for the decomposition of one `d × d` matrix.
final class EigenScratch {
  let values: UnsafeMutablePointer<Double>
  let vectors: UnsafeMutablePointer<Double>
  let matrix: UnsafeMutablePointer<Double>

  init(_ dimension: Int) {
    values = ZeroedMemory.allocate(dimension)
    vectors = ZeroedMemory.allocate(dimension * dimension)
    matrix = ZeroedMemory.allocate(dimension * dimension)
  }

  deinit { for memory in [values, vectors, matrix] { ZeroedMemory.free(memory) } }
}

/// Products of each field's vectors over a batch, and with them.
enum FieldGrams {
  /// `C_f = X_fᵀ·Y_f` of every field, `[fields, d, d]`, in double.
  static func compute(_ sums: ColumnSums, _ x: FieldTensor, _ y: FieldTensor) {
    let (fields, d) = (x.fields, x.dimension)
    sums.compute(rows: x.batch) { row, partial in
      let start = row * fields * d
      for field in 0..<fields {
        let (left, right) = (x.base + start + field * d, y.base + start + field * d)
        let gram = partial + field * d * d
        for i in 0..<d {
          let factor = Double(left[i])
          for j in 0..<d { gram[i * d + j] += factor * Double(right[j]) }
        }
      }
    }
  }

  /// `∂Y_f += X_f·B_f` of every field, with the rows of `B_f` one after another.
  static func addProduct(
    _ x: FieldTensor, _ factors: Matrix, to gradient: FieldTensor, _ pool: WorkerPool
  ) {
    let (fields, d) = (x.fields, x.dimension)
    pool.tiles(of: x.batch, size: 64) { rows in
      for row in rows {
        for field in 0..<fields {
          let start = (row * fields + field) * d
          for k in 0..<d {
            ShortVectorKernels.add(
              factors.view.row(field * d + k), times: x.base[start + k],
              to: gradient.base + start, count: d)
          }
        }
      }
    }
  }
}
