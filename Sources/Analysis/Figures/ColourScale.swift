import Glibc

/// Blue over white to red for numbers from −1 to 1, even to the eye.
///
/// Straight lines in OKLab (Ottosson, 2020) between white and two anchors a side. Both sides have the same
/// lightness at the same magnitude, so a grey print still shows |r|.
enum ColourScale {
  /// A colour of the screen, each part in 0...1.
  struct Colour: Equatable {
    let red: Double
    let green: Double
    let blue: Double
  }

  /// The colour of a number; what lies beyond ±1 has the colour of ±1.
  static func colour(of value: Double) -> Colour {
    let magnitude = min(abs(value), 1)
    let hue = value < 0 ? blueHue : redHue
    let (lightness, chroma) =
      magnitude < 0.5
      ? mix(white, half, 2 * magnitude) : mix(half, full, 2 * magnitude - 1)
    return screen(lightness, chroma * cos(hue), chroma * sin(hue))
  }

  /// The colour as the 32 bits of an opaque pixel.
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
  private static func screen(_ lightness: Double, _ a: Double, _ b: Double) -> Colour {
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
