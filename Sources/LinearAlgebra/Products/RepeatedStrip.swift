/// Some columns of a fully connected layer's output, for an operand that repeats rows: each distinct
/// row is multiplied once, and the products are summed for every row of the batch.
///
/// With `E_g` the distinct rows of group g, `W_g` the layer's weights for its columns and `s_g[r]`
/// the slot of row r: `y[r] = Σ_g (E_g·W_gᵀ)[s_g[r]]`; backward, with
/// `Γ_g[u] = Σ_{r: s_g[r] = u} ∂y[r]`, `∂W_g += Γ_gᵀ·E_g` and `∂E_g += Γ_g·W_g`.
struct RepeatedStrip {
  /// Columns of a strip on every processor, one or several panels: gradients of distinct rows are
  /// sums over strips, so that another width would change their bits.
  static let width = 32

  let operand: RepeatedOperand
  /// The strip's rows of the layer's weight, `[outputs, inputs]`.
  let weight: MatrixView
  let scratch: Scratch

  /// A thread's memory: `rows` holds the strip's columns of each row of the output, `sums` of each
  /// distinct row.
  struct Scratch {
    let rows: UnsafeMutablePointer<Scalar>
    let block: UnsafeMutablePointer<Scalar>
    let panels: UnsafeMutablePointer<Scalar>
    let sums: UnsafeMutablePointer<Scalar>

    /// Elements that all of it occupies with `distinct` rows.
    static func elements(_ operand: RepeatedOperand, distinct: Int) -> Int {
      panelElements(operand)
        + (operand.rowCapacity + blockRows(operand) + distinct) * RepeatedStrip.width
    }

    init(_ memory: UnsafeMutablePointer<Scalar>, _ operand: RepeatedOperand) {
      rows = memory
      block = rows + operand.rowCapacity * RepeatedStrip.width
      panels = block + Self.blockRows(operand) * RepeatedStrip.width
      sums = panels + Self.panelElements(operand)
    }

    /// The gradient of a group's weights, for each partial sum of a tree over pieces.
    private static func blockRows(_ operand: RepeatedOperand) -> Int {
      operand.groupWidth * BatchPieces(rows: operand.rowCapacity).levels(addsLeaves: true)
    }

    /// A group's weights, packed for the distinct rows or for their gradient.
    private static func panelElements(_ operand: RepeatedOperand) -> Int {
      let (width, d) = (ProductBlocking.width, operand.groupWidth)
      return max(
        ProductPanels.count(columns: RepeatedStrip.width, width: width)
          * ProductPanels.stride(width: width, steps: d),
        ProductPanels.count(columns: d, width: width)
          * ProductPanels.stride(width: width, steps: RepeatedStrip.width))
    }
  }

  private var outputs: Int { weight.rows }

  private var repeated: RepeatedSums { RepeatedSums(operand: operand, table: scratch.sums) }

  /// The sums of a group's distinct rows.
  private func sums(_ group: Int) -> MatrixView {
    MatrixView(
      base: scratch.sums + operand.firsts[group] * Self.width,
      rows: operand.groups[group].distinct.rows, columns: outputs, stride: Self.width)
  }

  private func panels(
    _ matrix: MatrixView, transposing: Bool, steps: Int, in memory: UnsafeMutablePointer<Scalar>
  ) -> ProductPanels {
    ProductPanels(
      matrix, transposing: transposing, steps: 0..<steps, width: ProductBlocking.width,
      memory: memory)
  }

  /// `y = Σ_g …`, overwriting `y`.
  func forward(into y: MatrixView) {
    for (index, group) in operand.groups.enumerated() {
      let panels = panels(
        weight.columns(group.columns), transposing: true, steps: group.columns.count,
        in: scratch.panels)
      panels.pack()
      for panel in 0..<ProductPanels.count(columns: outputs, width: panels.width) {
        ProductTiles.multiply(
          ProductRows(group.distinct, from: 0), panels, panel, 0..<group.distinct.rows,
          into: sums(index), overwriting: true)
      }
    }
    repeated.gather(into: y)
  }

  /// Adds to the weight's gradient, and adds to or overwrites the distinct rows', `[distinct, d]`.
  func backward(
    _ yGradient: MatrixView, weightGradient: MatrixView, distinctGradient: MatrixView,
    overwriting: Bool
  ) {
    packRows(of: yGradient)
    repeated.collect(scratch.rows, columns: outputs)
    for (index, group) in operand.groups.enumerated() {
      let sums = sums(index)
      addWeightGradient(sums, group, to: weightGradient.columns(group.columns))
      let first = operand.firsts[index]
      addDistinctGradient(
        sums, weight.columns(group.columns), to: distinctGradient.rows(first..<first + sums.rows),
        overwriting: overwriting)
    }
  }

  /// `∂W_g += Γ_gᵀ·E_g`, piece by piece: the sums are stored as packed panels are.
  private func addWeightGradient(
    _ sums: MatrixView, _ group: RepeatedColumns, to target: MatrixView
  ) {
    let (distinct, stride) = (group.distinct, sums.stride)
    func block(_ level: Int) -> MatrixView {
      MatrixView(
        base: scratch.block + level * distinct.columns * stride, rows: distinct.columns,
        columns: outputs, stride: stride)
    }
    operand.pieces.sum(addsLeaves: true) { piece, level, starts in
      let rows = Int(group.bounds[piece])..<Int(group.bounds[piece + 1])
      for first in Swift.stride(from: 0, to: outputs, by: ProductBlocking.width) {
        let columns = first..<min(first + ProductBlocking.width, outputs)
        let packed = sums.rows(rows).columns(columns)
        ProductTiles.multiply(
          ProductRows(transposing: distinct.rows(rows)),
          ProductPanels(
            packed, transposing: false, steps: 0..<rows.count, width: stride, memory: packed.base),
          0, 0..<distinct.columns, into: block(level).columns(columns), overwriting: starts)
      }
    } merge: { level in
      block(level).add(block(level + 1))
    }
    let total = block(0)
    for output in 0..<outputs {
      let target = target.row(output)
      for column in 0..<total.rows { target[column] += total[column, output] }
    }
  }

  /// `∂E_g += Γ_g·W_g`.
  private func addDistinctGradient(
    _ sums: MatrixView, _ weight: MatrixView, to target: MatrixView, overwriting: Bool
  ) {
    let panels = panels(weight, transposing: false, steps: outputs, in: scratch.panels)
    panels.pack()
    for panel in 0..<ProductPanels.count(columns: weight.columns, width: panels.width) {
      ProductTiles.multiply(
        ProductRows(sums, from: 0), panels, panel, 0..<sums.rows, into: target,
        overwriting: overwriting)
    }
  }

  /// Packs the strip's columns of a gradient, because each group reads them all.
  private func packRows(of yGradient: MatrixView) {
    let (rows, width) = (yGradient.rows, Self.width)
    for row in 0..<rows {
      Prefetch.row(yGradient.row(min(row + Prefetch.distance, rows - 1)), count: outputs)
      ShortVectorKernels.copy(yGradient.row(row), to: scratch.rows + row * width, count: outputs)
    }
  }
}

/// Sums over an operand's groups, and over its rows, of a strip's columns of a layer's output.
///
/// The table has one row per distinct row of the operand, with a stride of a strip's width.
struct RepeatedSums {
  let operand: RepeatedOperand
  let table: UnsafeMutablePointer<Scalar>

  /// `y[r] = Σ_g weight[r, g] · table[place[r, g]]`.
  func gather(into y: MatrixView) {
    var kernel = Gather(operand: operand, table: table, y: y)
    Self.run(&kernel, columns: y.columns)
  }

  /// `table[p] = Σ_{r, g: place[r, g] = p} weight[r, g] · y[r]`, in the order of the rows; `y` has
  /// the table's stride.
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
            let address = table + Int(place[group]) &* RepeatedStrip.width
            sum.addProduct(.load(address), weights[group])
          }
          weight = weights + groups
        } else {
          for group in 0..<groups {
            sum += .load(table + Int(place[group]) &* RepeatedStrip.width)
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
              sum.addProduct(
                .load(y + row &* RepeatedStrip.width), weights[row &* groups &+ group])
            }
          } else {
            for index in found { sum += .load(y + Int(order[index]) &* RepeatedStrip.width) }
          }
          sum.store(table + (place &* RepeatedStrip.width &+ start))
        }
      }
    }
  }
}
