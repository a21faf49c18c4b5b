/// One product, cut into tasks in stages: for each piece of the sums, parts that lay operands out, then tiles of the result.
///
/// The second operand, and the first where it is transposed, are laid out in panels, which all tiles then read; any other
/// first one is read where it lies.
struct ProductJob {
  let layout: ProductLayout
  let a: MatrixView
  let transposingA: Bool
  let b: MatrixView
  let transposingB: Bool
  let c: MatrixView
  let overwriting: Bool
  let memory: UnsafeMutablePointer<Scalar>

  /// Tasks of all stages.
  var tasks: Int { layout.pieces * (layout.laying + layout.tiles.count) }

  /// The first task of a task's stage: all before it must have ended.
  func firstOfStage(_ task: Int) -> Int {
    let (_, place) = piece(of: task)
    return task - place + (place < layout.laying ? 0 : layout.laying)
  }

  /// Runs a task and returns the rows of the result that now hold their whole sums.
  func run(_ task: Int) -> Range<Int>? {
    let (piece, place) = piece(of: task)
    let steps = layout.steps(of: piece)
    let panels = ProductPanels(
      b, transposing: transposingB, steps: steps, width: ProductLayout.width, memory: memory)
    let rowPanels = ProductPanels(
      a, transposing: !transposingA, steps: steps, width: ProductRows.height,
      memory: memory + layout.panels * panels.stride)
    if place < layout.laying {
      let operand = place < layout.parts ? panels : rowPanels
      operand.lay(place % layout.parts)
      return nil
    }
    let rows = layout.tiles[place - layout.laying]
    let operand = transposingA ? ProductRows(rowPanels) : ProductRows(a, from: steps.lowerBound)
    for panel in 0..<layout.panels {
      ProductTiles.multiply(
        operand, panels, panel, rows, into: c,
        overwriting: overwriting && piece == 0)
    }
    return piece == layout.pieces - 1 ? rows : nil
  }

  private func piece(of task: Int) -> (piece: Int, place: Int) {
    let (piece, place) = task.quotientAndRemainder(
      dividingBy: layout.laying + layout.tiles.count)
    return (piece, place)
  }
}
