/// Sums over an operand's groups, and over its rows, of a panel's columns of a layer's output.
///
/// The table has a row for each distinct one of the operand, a panel's width apart.
struct RepeatedSums {
  let operand: RepeatedOperand
  let table: UnsafeMutablePointer<Scalar>

  /// `y[r] = Σ_g weight[r, g] · table[place[r, g]]`.
  func gather(into y: MatrixView) {
    var kernel = Gather(operand: operand, table: table, y: y)
    Self.run(&kernel, columns: y.columns)
  }

  /// `table[p] = Σ_{r, g: place[r, g] = p} weight[r, g] · y[r]`, in the order of the rows; those of `y` lie as the table's.
  func collect(_ y: UnsafePointer<Scalar>, columns: Int) {
    var kernel = Collect(operand: operand, table: table, y: y)
    Self.run(&kernel, columns: columns)
  }

  @inline(__always)
  private static func run(_ kernel: inout some ChunkKernel, columns: Int) {
    if columns == 32 {
      kernel.run(JoinedChunk<SIMD16<Scalar>, SIMD16<Scalar>>.self, at: 0)
    } else {
      kernel.run(count: columns)
    }
  }

  private struct Gather: ChunkKernel {
    let operand: RepeatedOperand
    let table: UnsafeMutablePointer<Scalar>
    let y: MatrixView

    @inline(__always)
    func run<Chunk: LaneChunk>(_: Chunk.Type, at start: Int) {
      let (table, groups, rows) = (table + start, operand.groups.count, y.rows)
      var place = UnsafePointer(operand.places)
      var weight = operand.weights.map { UnsafePointer($0) }
      for row in 0..<rows {
        Prefetch.row(y.row(min(row + Prefetch.distance, rows - 1)) + start, count: Chunk.width)
        var sum = Chunk.zero
        if let weights = weight {
          for group in 0..<groups {
            let address = table + Int(place[group]) &* ProductLayout.width
            sum.addProduct(.load(address), weights[group])
          }
          weight = weights + groups
        } else {
          for group in 0..<groups {
            sum += .load(table + Int(place[group]) &* ProductLayout.width)
          }
        }
        sum.store(y.row(row) + start)
        place += groups
      }
    }
  }

  private struct Collect: ChunkKernel {
    let operand: RepeatedOperand
    let table: UnsafeMutablePointer<Scalar>
    let y: UnsafePointer<Scalar>

    @inline(__always)
    func run<Chunk: LaneChunk>(_: Chunk.Type, at start: Int) {
      let (order, bounds) = (operand.order, operand.bounds)
      let (y, groups) = (y + start, operand.groups.count)
      for group in 0..<groups {
        for place in operand.firsts[group]..<operand.firsts[group + 1] {
          var sum = Chunk.zero
          let found = Int(bounds[place])..<Int(bounds[place + 1])
          if let weights = operand.weights {
            for index in found {
              let row = Int(order[index])
              sum.addProduct(.load(y + row &* ProductLayout.width), weights[row &* groups &+ group])
            }
          } else {
            for index in found { sum += .load(y + Int(order[index]) &* ProductLayout.width) }
          }
          sum.store(table + (place &* ProductLayout.width &+ start))
        }
      }
    }
  }
}
