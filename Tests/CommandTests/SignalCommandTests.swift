import Foundation
import TestSupport
import Testing

/// Signals other than those that save and stop (`ResumeCommandTests`).
@Suite(.enabled(if: SFGBinary.isThere, SFGBinary.absence)) struct SignalCommandTests {
  private func training(_ tiny: TinyRun) throws -> SFGBinary.Running {
    let running = try SFGBinary.start(
      "\(ResumeCommandTests.train) --output run --set training.epochs=100000".split(separator: " ")
        .map(String.init), in: tiny.folder.path)
    try running.wait { tiny.exists("run/checkpoint/last.safetensors") }
    return running
  }

  @Test func sigquitStopsAtOnceWithoutSaving() throws {
    let tiny = try TinyRun(trained: false)
    let running = try training(tiny)
    running.kill(SIGQUIT)
    let outcome = try running.outcome()
    #expect(outcome.status == 131)
    #expect(outcome.errors == "Error: stopped at once by SIGQUIT; nothing was saved\n")
  }

  @Test func aClosedTerminalAndAWarningTwiceStillSave() throws {
    let tiny = try TinyRun(trained: false)
    let running = try training(tiny)
    for signal in [SIGHUP, SIGHUP, SIGXCPU, SIGUSR1, SIGXCPU] { running.kill(signal) }
    let outcome = try running.outcome()
    #expect(outcome.status == 130)
    #expect(outcome.errorLines.count == 1 && outcome.errors.contains("interrupted after step"))
  }

  @Test func nohupProtectsFromAClosedTerminal() throws {
    let tiny = try TinyRun(trained: false)
    let outcome = try SFGBinary.shell(
      "nohup $SFG train --config tiny.yaml --quiet --output run & sleep 0.01; "
        + "kill -HUP $!; wait $!", in: tiny.folder.path)
    #expect(outcome.status == 0, "\(outcome.errors)")
  }
}
