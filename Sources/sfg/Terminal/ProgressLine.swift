import Glibc
import Platform

/// A progress line at the bottom of a terminal, and log lines above it.
///
/// On a terminal it is redrawn at most ten times per second and cleared at the end. To a file or a
/// pipe events are written, one plain line each, and the progress after 30 seconds without a line.
/// If quiet, nothing is written.
final class ProgressLine {
  /// The terminal that the line is drawn on.
  struct Screen {
    var isInteractive: () -> Bool = { Terminal.isInteractive }
    var width: () -> Int = { Terminal.width }
    var write: (String) -> Void = Terminal.write
    /// Seconds since an arbitrary time.
    var seconds: () -> Double = { [watch = Stopwatch()] in watch.seconds }
  }

  private static let interval = 0.1
  private static let plainInterval = 30.0

  private let screen: Screen
  private let isQuiet: Bool
  private let isInteractive: Bool
  private var isDrawn = false
  private var nextDrawing = -Double.infinity

  /// Creates a line on standard error.
  init(quiet: Bool = false, screen: Screen = Screen()) {
    self.screen = screen
    isQuiet = quiet
    isInteractive = !quiet && screen.isInteractive()
    if !isInteractive { nextDrawing = screen.seconds() + Self.plainInterval }
  }

  deinit { clear() }

  /// Draws the progress, unless that was done less than a tenth of a second ago; to a file or a
  /// pipe, writes it unless another line was written less than 30 seconds ago.
  func update(_ progress: @autoclosure () -> Progress) {
    guard !isQuiet else { return }
    let now = screen.seconds()
    guard now >= nextDrawing else { return }
    guard isInteractive else { return event(progress().text(width: .max)) }
    nextDrawing = now + Self.interval
    // The last column stays empty, because some terminals wrap as soon as it is used.
    let line = progress().text(width: screen.width() - 1)
    screen.write("\r\(line)\u{1B}[K")
    isDrawn = true
  }

  /// Writes a permanent line.
  func event(_ line: String) {
    guard !isQuiet else { return }
    clear()
    screen.write("\(PrintableText.of(line))\n")
    if !isInteractive { nextDrawing = screen.seconds() + Self.plainInterval }
  }

  /// Clears the line; the next update redraws it at once.
  func clear() {
    guard isInteractive else { return }
    nextDrawing = -Double.infinity
    guard isDrawn else { return }
    screen.write("\r\u{1B}[K")
    isDrawn = false
  }
}

/// The progress of long-running work.
struct Progress {
  /// The current task, such as "epoch 2/10".
  var label: String
  /// Rows done.
  var rows: Int
  /// The total number of rows; nil if unknown.
  var totalRows: Int?
  /// The share of the work that is done, if something other than rows measures it.
  var fraction: Double?
  /// Rows per second.
  var rowsPerSecond: Double
  /// The mean loss so far, if there is one.
  var loss: Double?

  /// The most important parts that fit into `width` characters.
  func text(width: Int) -> String {
    var text = ""
    for part in parts {
      let longer = text.isEmpty ? part : "\(text) · \(part)"
      guard longer.count <= width else { break }
      text = longer
    }
    return text.isEmpty ? String(label.prefix(max(width, 0))) : text
  }

  private var parts: [String] {
    var parts = [label]
    let done = Readable.count(rows)
    if let totalRows {
      parts.append("\(done) of \(Readable.count(totalRows)) rows")
    } else if rows > 0 {
      parts.append("\(done) rows")
    }
    if rowsPerSecond > 0 { parts.append("\(Readable.count(rowsPerSecond)) rows/s") }
    if let secondsLeft { parts.append("\(Readable.duration(secondsLeft)) left") }
    if let loss { parts.append("loss \(Readable.fixed(loss, decimals: 4))") }
    return parts
  }

  /// The remaining time at the average speed so far.
  private var secondsLeft: Double? {
    guard rowsPerSecond > 0 else { return nil }
    if let fraction, fraction > 0 { return Double(rows) / rowsPerSecond * max(1 / fraction - 1, 0) }
    return totalRows.map { Double(max($0 - rows, 0)) / rowsPerSecond }
  }
}

/// Standard error as a terminal.
enum Terminal {
  /// Whether standard error is a terminal that can redraw a line.
  static var isInteractive: Bool {
    isatty(STDERR_FILENO) == 1 && getenv("TERM").map { String(cString: $0) } != "dumb"
  }

  /// Columns of the terminal; 80 if unknown.
  static var width: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// Writes to standard error without buffering, ignoring errors.
  static func write(_ text: String) { try? StandardStream.errors.write(text) }
}
