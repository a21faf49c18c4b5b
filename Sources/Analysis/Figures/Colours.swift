import Glibc
import Models

/// The colours of runs: each paradigm has one hue in all figures, and its runs differ in shade.
///
/// The hues are vermilion and blue of Okabe and Ito (2008), which colour-blind readers can
/// distinguish.
enum Palette {
  /// One run's colour on a light and on a dark background.
  struct Shade: Equatable {
    let light: String
    let dark: String
  }

  /// The number of shades of each paradigm's hue.
  static let shadesPerParadigm = 6

  /// The colour of the `index`-th run of a paradigm; shades repeat after the sixth.
  static func shade(_ paradigm: Paradigm, _ index: Int) -> Shade {
    let shades = paradigm == .generative ? blues : vermilions
    return shades[index % shades.count]
  }

  /// The colours of runs, given their paradigms in order.
  static func shades(_ paradigms: [Paradigm]) -> [Shade] {
    paradigms.indices.map { index in
      shade(paradigms[index], paradigms[..<index].count { $0 == paradigms[index] })
    }
  }

  /// The colour of a value of an ordered factor, given by its place from 0 to 1: from light and
  /// warm to dark and cold, on a dark background from dark to light.
  ///
  /// Lightness changes evenly in OKLab, so that a greyscale print shows the order, within the range
  /// that has a contrast of 3:1 to the background.
  static func ordered(_ place: Double) -> Shade {
    func mix(_ first: Double, _ last: Double) -> Double { first + (last - first) * place }
    let hue = mix(75, -75) * Double.pi / 180
    func hex(_ lightness: Double, _ chroma: Double) -> String {
      ColourScale.screen(lightness, chroma * cos(hue), chroma * sin(hue)).hex
    }
    return Shade(
      light: hex(mix(0.66, 0.26), mix(0.135, 0.13)), dark: hex(mix(0.56, 0.93), mix(0.12, 0.08)))
  }

  /// The colour of a run that has no value of an ordered factor.
  static let neutral = Shade(light: "#6b7480", dark: "#9aa4ae")

  // The first few of each are the farthest apart, because most figures have two or three.
  private static let blues = [
    Shade(light: "#0072b2", dark: "#56b4e9"), Shade(light: "#00304d", dark: "#c9e8fb"),
    Shade(light: "#008f83", dark: "#4cc9bc"), Shade(light: "#5b4fb0", dark: "#a79cf0"),
    Shade(light: "#7c93c4", dark: "#2f8fd0"), Shade(light: "#3d8fc4", dark: "#8ea6dc"),
  ]
  private static let vermilions = [
    Shade(light: "#d55e00", dark: "#f58a3c"), Shade(light: "#743000", dark: "#ffdfc2"),
    Shade(light: "#b0305a", dark: "#f2809f"), Shade(light: "#b8860b", dark: "#e6c04a"),
    Shade(light: "#bf8763", dark: "#c9733a"), Shade(light: "#c9781c", dark: "#d6ae93"),
  ]
}

/// A perceptually uniform scale from blue (−1) through white to red (1).
///
/// Interpolates linearly in OKLab (Ottosson, 2020) between white and two anchors per side. Equal
/// magnitudes have equal lightness on both sides, so a greyscale print still shows |r|.
enum ColourScale {
  /// An sRGB colour with components in 0...1.
  struct Colour: Equatable {
    let red: Double
    let green: Double
    let blue: Double

    /// The colour for SVG, as in `#0072b2`.
    var hex: String {
      "#"
        + [red, green, blue].map { part in
          let digits = String(Int((part * 255).rounded()), radix: 16)
          return digits.count == 1 ? "0\(digits)" : digits
        }.joined()
    }
  }

  /// The colour of a number, clamped to −1...1.
  static func colour(of value: Double) -> Colour {
    let magnitude = min(abs(value), 1)
    let hue = value < 0 ? blueHue : redHue
    let (lightness, chroma) =
      magnitude < 0.5
      ? mix(white, half, 2 * magnitude) : mix(half, full, 2 * magnitude - 1)
    return screen(lightness, chroma * cos(hue), chroma * sin(hue))
  }

  /// The colour as an opaque 32-bit pixel.
  static func pixel(of value: Double) -> UInt32 {
    let colour = colour(of: value)
    func byte(_ part: Double) -> UInt32 { UInt32((part * 255).rounded()) }
    return 0xff00_0000 | byte(colour.red) << 16 | byte(colour.green) << 8 | byte(colour.blue)
  }

  private typealias Anchor = (lightness: Double, chroma: Double)
  private static let white: Anchor = (1, 0)
  private static let half: Anchor = (0.74, 0.115)
  private static let full: Anchor = (0.43, 0.165)
  private static let blueHue = 258 * Double.pi / 180
  private static let redHue = 27 * Double.pi / 180

  private static func mix(_ a: Anchor, _ b: Anchor, _ share: Double) -> Anchor {
    (a.lightness + (b.lightness - a.lightness) * share, a.chroma + (b.chroma - a.chroma) * share)
  }

  /// OKLab to sRGB, with Ottosson's matrices.
  static func screen(_ lightness: Double, _ a: Double, _ b: Double) -> Colour {
    func cube(_ value: Double) -> Double { value * value * value }
    let long = cube(lightness + 0.3963377774 * a + 0.2158037573 * b)
    let medium = cube(lightness - 0.1055613458 * a - 0.0638541728 * b)
    let short = cube(lightness - 0.0894841775 * a - 1.2914855480 * b)
    func encoded(_ linear: Double) -> Double {
      let part = min(max(linear, 0), 1)
      return part <= 0.0031308 ? 12.92 * part : 1.055 * pow(part, 1 / 2.4) - 0.055
    }
    return Colour(
      red: encoded(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short),
      green: encoded(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short),
      blue: encoded(-0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short))
  }
}
