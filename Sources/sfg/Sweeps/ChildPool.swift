import Foundation
import Platform

/// Runs this program several times side by side, within the processors and the memory there are.
final class ChildPool {
  /// One call of the program.
  struct Job {
    /// What it is called in messages.
    let name: String
    let arguments: [String]
    /// The file that its output is appended to.
    let log: String
    /// The memory that it needs.
    let bytes: Int
  }

  /// A job that has ended.
  struct Ended {
    let job: Job
    let ending: ChildProcess.Ending
    let seconds: Double
  }

  /// What the jobs share.
  struct Limits: Equatable {
    /// Jobs at once.
    let jobs: Int
    /// Compute threads of each.
    let threads: Int
    /// Bytes of memory, of all together.
    let bytes: Int
  }

  private static let pause: UInt32 = 30_000

  let limits: Limits
  private var running: [(job: Job, process: ChildProcess, watch: Stopwatch)] = []
  private var isStopping = false

  init(_ limits: Limits) { self.limits = limits }

  /// The names of the jobs that are running.
  var names: [String] { running.map(\.job.name) }

  /// Whether another job fits; one always does where none is running.
  private func fits(_ job: Job) -> Bool {
    running.isEmpty
      || running.count < limits.jobs
        && running.reduce(job.bytes) { $0 + $1.job.bytes } <= limits.bytes
  }

  /// Runs jobs until there are none.
  ///
  /// `next` returns the jobs that may start now, those that are running included, and nil where
  /// there will be none; `ended` is called for each that ends, `wait` regularly. On a signal no job
  /// starts any more, those that are running are interrupted, and this throws `StoppedSweep` after
  /// they have saved.
  func run(
    next: () throws -> [Job]?, wait: () -> Void, ended: (Ended) throws -> Void
  ) throws {
    do {
      try loop(next, wait, ended)
    } catch {
      // No process is left behind, whatever went wrong here.
      for entry in running { entry.process.interrupt() }
      while running.contains(where: { $0.process.poll() == nil }) { usleep(Self.pause) }
      running = []
      throw error
    }
  }

  private func loop(
    _ next: () throws -> [Job]?, _ wait: () -> Void, _ ended: (Ended) throws -> Void
  ) throws {
    while true {
      stopIfRequested()
      let jobs = isStopping ? nil : try next()
      for job in jobs ?? [] where !names.contains(job.name) && fits(job) {
        running.append((job, try ChildProcess(job.arguments, log: job.log), Stopwatch()))
      }
      guard jobs != nil || !running.isEmpty else { break }
      usleep(Self.pause)
      wait()
      for (index, entry) in running.enumerated().reversed() {
        guard let ending = entry.process.poll() else { continue }
        running.remove(at: index)
        try ended(Ended(job: entry.job, ending: ending, seconds: entry.watch.seconds))
      }
    }
    guard !isStopping else { throw StoppedSweep() }
  }

  private func stopIfRequested() {
    guard Interruption.isRequested, !isStopping else { return }
    isStopping = true
    for entry in running { entry.process.interrupt() }
  }
}

/// A signal stopped a sweep, after its runs were saved.
struct StoppedSweep: Failure {
  var status: FailureStatus { .interrupted }
  var description: String {
    "sweep: interrupted; all runs are saved, and the same command continues"
  }
}

extension ChildProcess.Ending {
  /// Why a job failed, in one line: what it reported, or the signal that ended it.
  func reason(log: String) -> String {
    let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").last { $0.hasPrefix("Error: ") }
    switch self {
    case .signal(SIGKILL): return "killed by signal 9, which may be a lack of memory; see \(log)"
    case .signal(let number): return "ended by signal \(number); see \(log)"
    case .status(let status):
      return line.map { String($0.dropFirst("Error: ".count)) }
        ?? "ended with status \(status); see \(log)"
    }
  }
}
