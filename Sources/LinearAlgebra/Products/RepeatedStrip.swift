/// One panel's columns of a fully connected layer's output, for an operand that repeats rows: what each distinct row gives
/// is multiplied once, and summed for every row of the batch.
///
/// With `E_g` the distinct rows of group g, `W_g` the layer's weights of its columns and `s_g[r]` the slot of row r:
/// `y[r] = Σ_g (E_g·W_gᵀ)[s_g[r]]`; backward, with `Γ_g[u] = Σ_{r: s_g[r] = u} ∂y[r]`, `∂W_g += Γ_gᵀ·E_g` and
/// `∂E_g += Γ_g·W_g`.
struct RepeatedStrip {
  let operand: RepeatedOperand
  /// The panel's rows of the layer's weight, `[outputs, inputs]`.
  let weight: MatrixView
  let scratch: Scratch

  /// A thread's memory: `rows` holds a panel's columns of each row of the output, `sums` of each distinct row's.
  struct Scratch {
    let rows: UnsafeMutablePointer<Scalar>
    let block: UnsafeMutablePointer<Scalar>
    let panels: UnsafeMutablePointer<Scalar>
    let sums: UnsafeMutablePointer<Scalar>

    /// Elements that all of it takes for so many distinct rows.
    static func elements(_ operand: RepeatedOperand, distinct: Int) -> Int {
      panelElements(operand)
        + (operand.rowCapacity + operand.groupWidth + distinct) * ProductLayout.width
    }

    init(_ memory: UnsafeMutablePointer<Scalar>, _ operand: RepeatedOperand) {
      rows = memory
      block = rows + operand.rowCapacity * ProductLayout.width
      panels = block + operand.groupWidth * ProductLayout.width
      sums = panels + Self.panelElements(operand)
    }

    /// A group's weights, laid out for the distinct rows or for their gradient.
    private static func panelElements(_ operand: RepeatedOperand) -> Int {
      let (width, d) = (ProductLayout.width, operand.groupWidth)
      return max(
        ProductPanels.stride(width: width, steps: d),
        ProductPanels.count(columns: d, width: width)
          * ProductPanels.stride(width: width, steps: width))
    }
  }

  private var outputs: Int { weight.rows }

  private var repeated: RepeatedSums { RepeatedSums(operand: operand, table: scratch.sums) }

  /// The sums of a group's distinct rows.
  private func sums(_ group: Int) -> MatrixView {
    let width = ProductLayout.width
    return MatrixView(
      base: scratch.sums + operand.firsts[group] * width,
      rows: operand.groups[group].distinct.rows, columns: outputs, stride: width)
  }

  private func panels(
    _ matrix: MatrixView, transposing: Bool, steps: Int, in memory: UnsafeMutablePointer<Scalar>
  ) -> ProductPanels {
    ProductPanels(
      matrix, transposing: transposing, steps: 0..<steps, width: ProductLayout.width,
      memory: memory)
  }

  /// `y = Σ_g …`, in the place of what was there.
  func forward(into y: MatrixView) {
    for (index, group) in operand.groups.enumerated() {
      let panel = panels(
        weight.columns(group.columns), transposing: true, steps: group.columns.count,
        in: scratch.panels)
      panel.lay()
      ProductTiles.multiply(
        ProductRows(group.distinct, from: 0), panel, 0, 0..<group.distinct.rows,
        into: sums(index), overwriting: true)
    }
    repeated.gather(into: y)
  }

  /// Adds to the weight's gradient, and puts the distinct rows' gradient, or adds it, to theirs: `[distinct, d]`.
  func backward(
    _ yGradient: MatrixView, weightGradient: MatrixView, distinctGradient: MatrixView,
    overwriting: Bool
  ) {
    lay(yGradient)
    repeated.collect(scratch.rows, columns: outputs)
    for (index, group) in operand.groups.enumerated() {
      let sums = sums(index)
      addWeightGradient(sums, group.distinct, to: weightGradient.columns(group.columns))
      let first = operand.firsts[index]
      addDistinctGradient(
        sums, weight.columns(group.columns), to: distinctGradient.rows(first..<first + sums.rows),
        overwriting: overwriting)
    }
  }

  /// `∂W_g += Γ_gᵀ·E_g`: the sums lie as a panel does.
  private func addWeightGradient(_ sums: MatrixView, _ distinct: MatrixView, to target: MatrixView)
  {
    let block = MatrixView(
      base: scratch.block, rows: distinct.columns, columns: outputs, stride: sums.stride)
    ProductTiles.multiply(
      ProductRows(transposing: distinct),
      panels(sums, transposing: false, steps: sums.rows, in: sums.base), 0, 0..<block.rows,
      into: block, overwriting: true)
    for output in 0..<outputs {
      let target = target.row(output)
      for column in 0..<block.rows { target[column] += block[column, output] }
    }
  }

  /// `∂E_g += Γ_g·W_g`.
  private func addDistinctGradient(
    _ sums: MatrixView, _ weight: MatrixView, to target: MatrixView, overwriting: Bool
  ) {
    let panels = panels(weight, transposing: false, steps: outputs, in: scratch.panels)
    panels.lay()
    for panel in 0..<ProductPanels.count(columns: weight.columns, width: panels.width) {
      ProductTiles.multiply(
        ProductRows(sums, from: 0), panels, panel, 0..<sums.rows, into: target,
        overwriting: overwriting)
    }
  }

  /// Lays the panel's columns of a gradient out side by side: each group reads them all.
  private func lay(_ yGradient: MatrixView) {
    let (rows, width) = (yGradient.rows, ProductLayout.width)
    for row in 0..<rows {
      Prefetch.row(yGradient.row(min(row + Prefetch.distance, rows - 1)), count: outputs)
      ShortVectorKernels.copy(
        yGradient.row(row), to: scratch.rows + row * width, count: outputs)
    }
  }
}
