import Platform

/// One line at the bottom of a terminal that tells how far long work has come.
///
/// On a terminal it is redrawn at most ten times a second and is gone at the end. Into a file or a pipe only
/// events are written, a plain line each. Quiet, it writes nothing.
final class ProgressLine {
  /// Where the text goes and how it looks there.
  struct Screen {
    var isInteractive: () -> Bool = { Terminal.isInteractive }
    var width: () -> Int = { Terminal.width }
    var write: (String) -> Void = Terminal.write
    /// Seconds since any moment.
    var seconds: () -> Double = { [watch = Stopwatch()] in watch.seconds }
  }

  private static let interval = 0.1

  private let screen: Screen
  private let isQuiet: Bool
  private let isInteractive: Bool
  private var isDrawn = false
  private var nextDrawing = -Double.infinity

  /// Writes to standard error unless it is told to be quiet.
  init(quiet: Bool = false, screen: Screen = Screen()) {
    self.screen = screen
    isQuiet = quiet
    isInteractive = !quiet && screen.isInteractive()
  }

  deinit { clear() }

  /// Shows how far the work has come, unless it did so less than a tenth of a second ago.
  func update(_ progress: @autoclosure () -> Progress) {
    guard isInteractive else { return }
    let now = screen.seconds()
    guard now >= nextDrawing else { return }
    nextDrawing = now + Self.interval
    // The last column stays free, because some terminals wrap as soon as it is used.
    let line = progress().text(width: screen.width() - 1)
    screen.write("\r\(line)\u{1B}[K")
    isDrawn = true
  }

  /// Writes a line that stays.
  func event(_ line: String) {
    guard !isQuiet else { return }
    clear()
    screen.write("\(line)\n")
  }

  /// Takes the line away; the next update draws it again at once.
  func clear() {
    nextDrawing = -Double.infinity
    guard isDrawn else { return }
    screen.write("\r\u{1B}[K")
    isDrawn = false
  }
}
