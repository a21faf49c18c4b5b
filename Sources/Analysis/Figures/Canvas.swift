import CCairo
import Platform

/// A bitmap drawn by cairo and written as PNG.
final class Canvas {
  /// Which point of a text its position gives.
  enum Anchor {
    case start, middle, end
  }

  let width: Int
  let height: Int
  private let surface: OpaquePointer
  private let context: OpaquePointer

  /// Creates a white picture; throws `FigureFailure` if cairo reports an error.
  init(width: Int, height: Int) throws {
    self.width = width
    self.height = height
    guard let surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(width), Int32(height)),
      let context = cairo_create(surface)
    else { throw FigureFailure(status: "out of memory") }
    self.surface = surface
    self.context = context
    guard cairo_status(context) == CAIRO_STATUS_SUCCESS else {
      let status = cairo_status(context)
      throw FigureFailure(status: String(cString: cairo_status_to_string(status)))
    }
    cairo_set_source_rgb(context, 1, 1, 1)
    cairo_paint(context)
    cairo_select_font_face(context, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL)
  }

  deinit {
    cairo_destroy(context)
    cairo_surface_destroy(surface)
  }

  /// Sets the pixels of a rectangle to opaque colours.
  func fill(x: Int, y: Int, width: Int, height: Int, _ pixel: (_ x: Int, _ y: Int) -> UInt32) {
    precondition(
      x >= 0 && y >= 0 && x + width <= self.width && y + height <= self.height,
      "Canvas: \(width)×\(height) at \(x), \(y) in \(self.width)×\(self.height)")
    cairo_surface_flush(surface)
    guard let bytes = cairo_image_surface_get_data(surface) else { return }
    let stride = Int(cairo_image_surface_get_stride(surface))
    for row in 0..<height {
      let line = UnsafeMutableRawPointer(bytes + (y + row) * stride)
        .assumingMemoryBound(to: UInt32.self)
      for column in 0..<width { line[x + column] = pixel(column, row) }
    }
    cairo_surface_mark_dirty(surface)
  }

  /// Draws a straight line in grey of some opacity.
  func line(
    from start: (x: Double, y: Double), to end: (x: Double, y: Double), width: Double,
    grey: Double, opacity: Double = 1
  ) {
    cairo_set_source_rgba(context, grey, grey, grey, opacity)
    cairo_set_line_width(context, width)
    cairo_move_to(context, start.x, start.y)
    cairo_line_to(context, end.x, end.y)
    cairo_stroke(context)
  }

  /// Draws the outline of a rectangle.
  func outline(x: Double, y: Double, width: Double, height: Double, grey: Double) {
    cairo_set_source_rgb(context, grey, grey, grey)
    cairo_set_line_width(context, 2)
    cairo_rectangle(context, x - 1, y - 1, width + 2, height + 2)
    cairo_stroke(context)
  }

  /// The text, with its middle replaced by an ellipsis if it is wider than `limit`.
  func fitted(_ text: String, size: Double, limit: Double, bold: Bool = false) -> String {
    TextWidth.fitted(text, limit: limit) { textWidth($0, size: size, bold: bold) }
  }

  /// The width of a text at a font size.
  func textWidth(_ text: String, size: Double, bold: Bool = false) -> Double {
    cairo_select_font_face(
      context, "sans-serif", CAIRO_FONT_SLANT_NORMAL,
      bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL)
    cairo_set_font_size(context, size)
    var extents = cairo_text_extents_t()
    cairo_text_extents(context, text, &extents)
    return extents.x_advance
  }

  /// Draws a text, vertically centred on `y`, or rotated to read upwards and centred on `x`.
  func text(
    _ text: String, x: Double, y: Double, size: Double, anchor: Anchor = .start, grey: Double = 0.1,
    bold: Bool = false, upwards: Bool = false
  ) {
    cairo_save(context)
    defer { cairo_restore(context) }
    cairo_set_source_rgb(context, grey, grey, grey)
    let width = textWidth(text, size: size, bold: bold)
    cairo_translate(context, x, y)
    if upwards { cairo_rotate(context, -Double.pi / 2) }
    let shift =
      switch anchor {
      case .start: 0.0
      case .middle: -width / 2
      case .end: -width
      }
    // Capitals and digits are centred about 0.36 of the font size above their baseline.
    cairo_move_to(context, shift, 0.36 * size)
    cairo_show_text(context, text)
  }

  /// The bytes of a PNG file; throws `FigureFailure` if cairo reports an error.
  func png() throws -> [UInt8] {
    final class Sink { var bytes: [UInt8] = [] }
    let sink = Sink()
    let status = cairo_surface_write_to_png_stream(
      surface,
      { target, data, count in
        guard let target, let data else { return CAIRO_STATUS_WRITE_ERROR }
        Unmanaged<Sink>.fromOpaque(target).takeUnretainedValue().bytes
          .append(contentsOf: UnsafeBufferPointer(start: data, count: Int(count)))
        return CAIRO_STATUS_SUCCESS
      }, Unmanaged.passUnretained(sink).toOpaque())
    guard status == CAIRO_STATUS_SUCCESS else {
      throw FigureFailure(status: String(cString: cairo_status_to_string(status)))
    }
    return sink.bytes
  }
}

/// Why a picture could not be drawn.
public struct FigureFailure: Error, Equatable, CustomStringConvertible {
  /// Cairo's description of the error.
  public let status: String

  /// The failure in one line.
  public var description: String { "heat map: cairo could not draw it: \(status)" }
}
