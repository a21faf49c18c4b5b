import ClickData
import Glibc
import Platform
import Training

/// The copies of a run's pipes, in `.sfg-spool` beside the run's folder.
struct RunSpool {
  let spool: Spool

  /// For training; the copies of an interrupted run are used where `resuming`.
  init(of run: RunFolder, resuming: Bool, line: ProgressLine) {
    let (parent, name) = Self.place(run.path)
    let folder = "\(parent)/\(Self.folderName)"
    let resumes = resuming && Self.canResume(name, in: parent)
    Spool.removeAbandoned(in: folder) { other in
      other == name ? resumes : Self.canResume(other, in: parent)
    }
    spool = Self.spool(in: folder, name: name, resumes: resumes, work: "train", line)
  }

  /// For one command that keeps nothing, such as `inspect`.
  init(of command: String, beside run: RunFolder, line: ProgressLine) {
    let (parent, _) = Self.place(run.path)
    let folder = "\(parent)/\(Self.folderName)"
    Spool.removeAbandoned(in: folder) { Self.canResume($0, in: parent) }
    spool = Self.spool(
      in: folder, name: "\(command)-\(getpid())", resumes: false, work: command, line)
  }

  /// Runs `work`, then removes the copies, unless it was interrupted and can be resumed.
  func during<Result>(_ work: () throws -> Result) throws -> Result {
    do {
      let result = try work()
      spool.remove()
      return result
    } catch {
      if case TrainingFailure.interrupted = error { throw error }
      spool.remove()
      throw error
    }
  }

  private static let folderName = ".sfg-spool"

  private static func spool(
    in folder: String, name: String, resumes: Bool, work: String, _ line: ProgressLine
  ) -> Spool {
    let watch = Stopwatch()
    return Spool(
      in: folder, name: name, resumes: resumes,
      report: { event in line.event(sentence(event)) },
      progress: { pipe, bytes in
        // From now on a signal must not end the process before the copies are removed.
        Interruption.listen()
        guard !Interruption.isRequested else { throw Interrupted(work: work) }
        guard bytes > 0 else { return }
        let speed = Double(bytes) / max(watch.seconds, 1e-9)
        line.update(
          Progress(
            label: "copying \(pipe), \(Readable.count(bytes))B, \(Readable.count(speed))B/s",
            rows: 0, rowsPerSecond: 0))
      })
  }

  /// The parent of a run's folder and the folder's name.
  private static func place(_ path: String) -> (parent: String, name: String) {
    var path = path[...]
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    let name = path.split(separator: "/").last.map(String.init) ?? "run"
    return (Folder.parent(of: String(path)), name)
  }

  /// Whether a run has a checkpoint and no result.
  private static func canResume(_ name: String, in parent: String) -> Bool {
    ["\(parent)/\(name)", "\(parent)/.\(name).next"].contains { folder in
      access("\(folder)/checkpoint/last.safetensors", F_OK) == 0
        && access("\(folder)/result.json", F_OK) != 0
    }
  }

  /// The log line of an event.
  private static func sentence(_ event: Spool.Event) -> String {
    switch event {
    case .written(let pipe, let path, let bytes, let stored):
      "spool: \(Readable.count(bytes))B of \(pipe) in \(path), \(Readable.count(stored))B; "
        + "removed when the command has finished"
    case .used(let pipe, let path, let stored):
      "spool: reading \(pipe) from \(path), \(Readable.count(stored))B, "
        + "which the interrupted run kept"
    }
  }
}
