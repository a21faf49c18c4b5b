import Testing

@testable import sfg

@Suite struct ProgressLineTests {
  /// A screen that records what is written, with a clock that the test sets.
  private final class FakeScreen {
    var written = ""
    var seconds = 0.0

    func screen(interactive: Bool) -> ProgressLine.Screen {
      ProgressLine.Screen(
        isInteractive: { interactive }, width: { 200 }, write: { self.written += $0 },
        seconds: { self.seconds })
    }
  }

  private func progress(_ rows: Int) -> Progress {
    Progress(
      label: "epoch 1/2", rows: rows, totalRows: 45_840_617, rowsPerSecond: 412_345, loss: 0.45678)
  }

  @Test func aTerminalHasOneLineThatIsClearedAtTheEnd() {
    let fake = FakeScreen()
    let line = ProgressLine(screen: fake.screen(interactive: true))
    line.update(progress(1_200_000))
    #expect(
      fake.written == "\repoch 1/2 · 1.2M of 45.8M rows · 412k rows/s · 1 m 48 s left · "
        + "loss 0.4568\u{1B}[K")
    fake.written = ""
    line.event("epoch 1: AUC 0.8")
    #expect(fake.written == "\r\u{1B}[Kepoch 1: AUC 0.8\n")
    fake.written = ""
    line.clear()
    #expect(fake.written.isEmpty)
  }

  @Test func itIsRedrawnAtMostTenTimesPerSecond() {
    let fake = FakeScreen()
    let line = ProgressLine(screen: fake.screen(interactive: true))
    for step in 0..<1000 {
      fake.seconds = Double(step) / 500
      line.update(progress(step))
    }
    #expect((19...20).contains(fake.written.count { $0 == "\r" }))
    fake.written = ""
    line.clear()
    line.update(progress(5))
    #expect(fake.written.hasPrefix("\r\u{1B}[K\repoch"))
  }

  @Test func theLineFitsTheTerminal() {
    for width in 0..<90 {
      #expect(progress(1_200_000).text(width: width).count <= width)
    }
    #expect(progress(1_200_000).text(width: 40) == "epoch 1/2 · 1.2M of 45.8M rows")
    #expect(progress(1_200_000).text(width: 5) == "epoch")
  }

  @Test func aFileGetsOnePlainLinePerEvent() {
    let fake = FakeScreen()
    do {
      let line = ProgressLine(screen: fake.screen(interactive: false))
      line.update(progress(1))
      line.event("epoch 1: AUC 0.8")
      line.update(progress(2))
    }
    #expect(fake.written == "epoch 1: AUC 0.8\n")
  }

  /// A long epoch is not silent in a log file.
  @Test func aFileGetsTheProgressAfterThirtySecondsWithoutALine() {
    let fake = FakeScreen()
    let line = ProgressLine(screen: fake.screen(interactive: false))
    for second in 0...95 {
      fake.seconds = Double(second)
      line.update(progress(second * 1_000_000))
      if second == 40 { line.event("epoch 1: AUC 0.8") }
    }
    #expect(
      fake.written == """
        epoch 1/2 · 30M of 45.8M rows · 412k rows/s · 38 s left · loss 0.4568
        epoch 1: AUC 0.8
        epoch 1/2 · 70M of 45.8M rows · 412k rows/s · 0.0 s left · loss 0.4568

        """)
  }

  @Test func quietWritesNeitherProgressNorEvents() {
    let fake = FakeScreen()
    do {
      let line = ProgressLine(quiet: true, screen: fake.screen(interactive: true))
      line.update(progress(1))
      line.event("epoch 1: AUC 0.8")
    }
    #expect(fake.written.isEmpty)
  }

  @Test func aLineIsClearedAfterAnError() {
    let fake = FakeScreen()
    do {
      let line = ProgressLine(screen: fake.screen(interactive: true))
      line.update(progress(1))
    }
    #expect(fake.written.hasSuffix("\r\u{1B}[K"))
  }

  @Test func theTimeLeftIsComputedFromTheShareIfTheRowsAreUnknown() {
    var progress = Progress(label: "scan", rows: 1000, fraction: 0.25, rowsPerSecond: 100)
    #expect(progress.text(width: 99) == "scan · 1k rows · 100 rows/s · 30 s left")
    progress.fraction = nil
    #expect(progress.text(width: 99) == "scan · 1k rows · 100 rows/s")
    progress.rowsPerSecond = 0
    #expect(progress.text(width: 99) == "scan · 1k rows")
  }
}
