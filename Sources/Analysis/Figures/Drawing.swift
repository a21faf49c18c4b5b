import Models

/// An SVG figure for light and dark backgrounds, whose styles apply to nothing outside it.
///
/// A width of 480 units is meant for one column of a paper (3.3 in).
struct Drawing {
  /// Which point of a text its position gives.
  enum Anchor: String {
    case start, middle, end
  }

  /// The element id, unique within a page.
  let id: String
  let width: Double
  let height: Double
  private let title: String
  private let description: String
  /// The colours of runs, as classes `c0`, `c1`, ….
  private let shades: [Palette.Shade]
  private var elements: [String] = []

  /// Creates an empty figure; `description` is its text for screen readers.
  init(
    id: String, width: Double, height: Double, title: String, description: String,
    shades: [Palette.Shade]
  ) {
    self.id = id
    self.width = width
    self.height = height
    self.title = title
    self.description = description
    self.shades = shades
  }

  /// Adds a straight line of some CSS classes.
  mutating func line(_ names: String, _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) {
    add(
      "<line class=\"\(names)\" x1=\"\(n(x1))\" y1=\"\(n(y1))\" x2=\"\(n(x2))\" y2=\"\(n(y2))\"/>")
  }

  /// Adds a polyline.
  mutating func path(_ names: String, _ points: [(x: Double, y: Double)]) {
    let points = points.map { "\(n($0.x)),\(n($0.y))" }.joined(separator: " ")
    add("<polyline class=\"\(names)\" points=\"\(points)\"/>")
  }

  /// Adds a polyline that takes turns with others at the same place: the `turn`-th of `count`.
  mutating func curve(
    _ names: String, _ points: [(x: Double, y: Double)], turn: Int, of count: Int
  ) {
    guard count > 1 else { return path(names, points) }
    let dash = 9
    let points = points.map { "\(n($0.x)),\(n($0.y))" }.joined(separator: " ")
    add(
      "<polyline class=\"\(names)\" style=\"stroke-dasharray:\(dash) \(dash * (count - 1));"
        + "stroke-dashoffset:\(-dash * turn)\" points=\"\(points)\"/>")
  }

  /// Adds a filled area without an outline.
  mutating func area(_ names: String, _ points: [(x: Double, y: Double)]) {
    let points = points.map { "\(n($0.x)),\(n($0.y))" }.joined(separator: " ")
    add("<polygon class=\"\(names)\" points=\"\(points)\"/>")
  }

  /// Adds a disc with a tooltip.
  mutating func disc(_ names: String, _ x: Double, _ y: Double, radius: Double, tip: String) {
    add(
      "<circle class=\"\(names)\" cx=\"\(n(x))\" cy=\"\(n(y))\" r=\"\(n(radius))\">"
        + "<title>\(Markup.escaped(tip))</title></circle>")
  }

  /// Adds a diamond with a tooltip.
  mutating func diamond(_ names: String, _ x: Double, _ y: Double, radius: Double, tip: String) {
    let r = radius * 1.25
    add(
      "<path class=\"\(names)\" d=\"M\(n(x)),\(n(y - r))L\(n(x + r)),\(n(y))"
        + "L\(n(x)),\(n(y + r))L\(n(x - r)),\(n(y))Z\"><title>\(Markup.escaped(tip))</title></path>"
    )
  }

  /// Adds a rectangle.
  mutating func box(
    _ names: String, _ x: Double, _ y: Double, _ width: Double, _ height: Double,
    opacity: Double? = nil, tip: String? = nil
  ) {
    // Round the edges rather than the size, so that neighbours share an edge exactly.
    let (left, top) = (rounded(x), rounded(y))
    let start =
      "<rect class=\"\(names)\" x=\"\(n(left))\" y=\"\(n(top))\" "
      + "width=\"\(n(rounded(x + width) - left))\" height=\"\(n(rounded(y + height) - top))\""
      + (opacity.map { " fill-opacity=\"\(NumberFormat.plain($0, 2))\"" } ?? "")
    add(tip.map { "\(start)><title>\(Markup.escaped($0))</title></rect>" } ?? "\(start)/>")
  }

  /// Adds a text on a baseline, or rotated to read upwards.
  mutating func text(
    _ text: String, _ x: Double, _ y: Double, _ names: String = "", anchor: Anchor = .start,
    upwards: Bool = false
  ) {
    let place =
      upwards
      ? "transform=\"translate(\(n(x)) \(n(y))) rotate(-90)\"" : "x=\"\(n(x))\" y=\"\(n(y))\""
    add(
      "<text \(place)\(anchor == .start ? "" : " text-anchor=\"\(anchor.rawValue)\"")"
        + "\(names.isEmpty ? "" : " class=\"\(names)\"")>\(Markup.escaped(text))</text>")
  }

  private mutating func add(_ element: String) { elements.append(element) }

  /// The figure as an SVG document.
  var svg: String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(n(width)) \(n(height))" \
    width="\(n(width))" height="\(n(height))" id="\(id)" role="img" \
    aria-labelledby="\(id)-title \(id)-text">
    <title id="\(id)-title">\(Markup.escaped(title))</title>
    <desc id="\(id)-text">\(Markup.escaped(description))</desc>
    \(style)
    <rect class="ground" width="\(n(width))" height="\(n(height))"/>
    \(elements.joined(separator: "\n"))
    </svg>

    """
  }

  private var style: String {
    func colours(_ shade: (Palette.Shade) -> String) -> String {
      shades.indices.map { index in
        let colour = shade(shades[index])
        return "#\(id) .c\(index){stroke:\(colour)}"
          + "#\(id) .c\(index).full,#\(id) .c\(index).band{fill:\(colour)}"
      }.joined()
    }
    return """
      <style>
      #\(id){font-family:Helvetica,Arial,"Liberation Sans",sans-serif;font-size:14px}
      #\(id) .ground{fill:#ffffff}
      #\(id) text{fill:#1b1f24}
      #\(id) .quiet{fill:#57606a}
      #\(id) .small{font-size:12px}
      #\(id) .halo{paint-order:stroke;stroke:#ffffff;stroke-width:4px;stroke-linejoin:round}
      #\(id) .tiny{font-size:9.5px}
      #\(id) .strong{font-weight:bold}
      #\(id) .grid{stroke:#e3e6ea;stroke-width:1}
      #\(id) .axis{stroke:#57606a;stroke-width:1;fill:none}
      #\(id) .key{stroke:#57606a}
      #\(id) .key.full{fill:#57606a}
      #\(id) .hollow{fill:#ffffff}
      #\(id) .curve{fill:none;stroke-width:2.2;stroke-linejoin:round}
      #\(id) .curve.discriminative{stroke-dasharray:7 4}
      #\(id) .mark{stroke-width:1.6}
      #\(id) .bar{fill:none;stroke-width:1.6}
      #\(id) .band{stroke-width:0;fill-opacity:0.16}
      #\(id) .single{fill:none;stroke-width:1}
      #\(id) .leader{fill:none;stroke-width:1}
      #\(id) .shaded{fill:#1b1f24;fill-opacity:0.08}
      #\(id) .bound{stroke:#57606a;stroke-width:1.2;stroke-dasharray:3 3}
      #\(id) .cell{fill:#1b1f24;shape-rendering:crispEdges}
      \(colours(\.light))
      @media screen and (prefers-color-scheme:dark){
      #\(id) .ground,#\(id) .hollow{fill:#14171a}
      #\(id) text,#\(id) .cell,#\(id) .shaded{fill:#e6e8eb}
      #\(id) .quiet{fill:#a3abb4}
      #\(id) .halo{stroke:#14171a}
      #\(id) .grid{stroke:#2b3138}
      #\(id) .axis,#\(id) .key,#\(id) .bound{stroke:#a3abb4}
      #\(id) .key.full{fill:#a3abb4}
      \(colours(\.dark))
      }
      </style>
      """
  }

  /// A coordinate rounded to a tenth of a unit.
  private func rounded(_ value: Double) -> Double { (value * 10).rounded() / 10 }

  /// A coordinate rounded to a tenth of a unit, as text.
  private func n(_ value: Double) -> String { NumberFormat.plain(value, 1) }
}

extension Drawing {
  /// How a figure shows the paradigm of a run.
  enum Sample {
    /// A solid or dashed line.
    case line
    /// A disc or a hollow diamond.
    case mark
  }

  /// Adds a legend of the paradigms that the figure shows.
  mutating func paradigmKey(_ shown: [Paradigm], x: Double, y: Double, sample: Sample) {
    var x = x
    for paradigm in Paradigm.allCases where shown.contains(paradigm) {
      switch sample {
      case .line:
        line("curve key \(paradigm.rawValue)", x, y - 5, x + 32, y - 5)
        x += 38
      case .mark:
        mark(paradigm, "key", x + 6, y - 5, tip: paradigm.rawValue)
        x += 18
      }
      text(paradigm.rawValue, x, y, "quiet")
      x += TextWidth.estimate(paradigm.rawValue, size: 14) + 16
    }
  }

  /// Adds a mark: a filled disc for a generative run, a hollow diamond for a discriminative one.
  mutating func mark(
    _ paradigm: Paradigm, _ colour: String, _ x: Double, _ y: Double, radius: Double = 4.2,
    tip: String
  ) {
    switch paradigm {
    case .generative: disc("mark full \(colour)", x, y, radius: radius, tip: tip)
    case .discriminative: diamond("mark hollow \(colour)", x, y, radius: radius, tip: tip)
    }
  }
}

/// Estimates the width of a text in a sans-serif font, to keep labels from overlapping.
///
/// The reader's browser chooses the font of an SVG, so the estimate is generous.
enum TextWidth {
  /// The width at a font size, in the same unit.
  static func estimate(_ text: String, size: Double) -> Double {
    text.reduce(0) { $0 + ems($1) } * size
  }

  /// The text, with its middle replaced by an ellipsis if it is wider than `limit`.
  static func fitted(_ text: String, size: Double, limit: Double) -> String {
    fitted(text, limit: limit) { estimate($0, size: size) }
  }

  /// The same, by widths that are measured.
  static func fitted(_ text: String, limit: Double, width: (String) -> Double) -> String {
    guard width(text) > limit else { return text }
    var kept = Array(text)
    while kept.count > 2 && width(String(kept) + "…") > limit {
      kept.remove(at: kept.count / 2)
    }
    return String(kept[..<(kept.count / 2)]) + "…" + String(kept[(kept.count / 2)...])
  }

  private static func ems(_ character: Character) -> Double {
    switch character {
    case "i", "j", "l", "I", "'", "|", ".", ",", ":", ";", "!": 0.3
    case "f", "t", "r", " ", "(", ")", "[", "]", "/", "-": 0.37
    case "m", "w", "M", "W", "@", "%", "…": 0.95
    case _ where character.isUppercase: 0.74
    default: 0.6
    }
  }
}
