import Models

/// The colours of pictures: a paradigm has the same ones everywhere, and several runs of it differ by shade.
///
/// Vermilion and blue of Okabe and Ito (2008), which colour-blind readers tell apart, and shades of them.
enum Palette {
  /// One curve's colour on light and on dark ground.
  struct Shade: Equatable {
    let light: String
    let dark: String
  }

  /// The colour of the `index`-th run of a paradigm; shades come again after the sixth.
  static func shade(_ paradigm: Paradigm, _ index: Int) -> Shade {
    let shades = paradigm == .generative ? blues : vermilions
    return shades[index % shades.count]
  }

  /// The colours of some runs in their order.
  static func shades(_ paradigms: [Paradigm]) -> [Shade] {
    paradigms.indices.map { index in
      shade(paradigms[index], paradigms[..<index].count { $0 == paradigms[index] })
    }
  }

  private static let blues = [
    Shade(light: "#0072b2", dark: "#56b4e9"), Shade(light: "#4a9fd4", dark: "#a9daf5"),
    Shade(light: "#00395c", dark: "#2f8fd0"), Shade(light: "#7c93c4", dark: "#8ea6dc"),
    Shade(light: "#008f83", dark: "#4cc9bc"), Shade(light: "#5b4fb0", dark: "#a79cf0"),
  ]
  private static let vermilions = [
    Shade(light: "#d55e00", dark: "#f58a3c"), Shade(light: "#e89a3c", dark: "#ffc78f"),
    Shade(light: "#8a3a00", dark: "#d0651a"), Shade(light: "#bf8763", dark: "#e0b394"),
    Shade(light: "#b8860b", dark: "#e6c04a"), Shade(light: "#b0305a", dark: "#f2809f"),
  ]
}
