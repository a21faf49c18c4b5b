/// Where the parts of a heat map go, in pixels at twice the size of a screen's.
struct HeatMapLayout {
  /// One panel's matrix.
  struct Frame {
    let x: Int
    let y: Int
    let side: Int
  }

  let width: Int
  let height: Int
  let frames: [Frame]
  let scale: (x: Int, y: Int, width: Int, height: Int)
  /// Room for names beside and below a panel.
  let nameSpace: Double
  let textSize = 26.0
  let titleSize = 32.0
  /// The smallest size of names: legible where the picture is as wide as a page.
  let smallestName: Double

  private static let topMargin = 110
  private static let scaleSpace = 210
  private static let widestName = 280.0

  init(_ panels: [HeatMap.Panel]) {
    let across = panels.count <= 3 ? panels.count : panels.count == 4 ? 2 : 3
    let target = panels.count <= 2 ? 1200 : 900
    let sides = panels.map { Self.side(of: $0.matrix.rows, target: target) }
    let longest = panels.flatMap(\.fields).map { TextWidth.estimate($0, size: 26) }.max() ?? 0
    nameSpace = min(longest, Self.widestName) + 16
    let side = sides.max() ?? target
    let margin = Int(nameSpace) + 64
    let cell = (width: side + margin + 44, height: side + margin + Self.topMargin)
    frames = panels.indices.map { index in
      Frame(
        x: index % across * cell.width + margin,
        y: index / across * cell.height + Self.topMargin, side: sides[index])
    }
    let down = (panels.count + across - 1) / across
    width = across * cell.width + Self.scaleSpace
    height = down * cell.height + 10
    smallestName = max(15, 0.0083 * Double(width))
    scale = (x: across * cell.width + 10, y: Self.topMargin, width: 34, height: side)
  }

  /// Whole pixels a cell, near the target; matrices beyond the target are drawn at its size.
  private static func side(of size: Int, target: Int) -> Int {
    size >= target ? target : max(1, (target + size / 2) / size) * size
  }
}
