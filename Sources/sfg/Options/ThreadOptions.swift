import ArgumentParser
import Foundation
import Platform

/// How many cores the work may use.
struct ThreadOptions: ParsableArguments {
  @Option(help: "Threads that compute; results do not depend on it. (default: the cores there are)")
  var threads: Int?

  func validate() throws {
    guard let threads, !(1...1024).contains(threads) else { return }
    throw ValidationError("'--threads' takes a number from 1 to 1024, found \(threads).")
  }

  /// The number asked for, or that of the cores this process may run on.
  var count: Int { threads ?? ProcessInfo.processInfo.activeProcessorCount }

  /// Starts the threads.
  func makePool() -> WorkerPool { WorkerPool(threads: count) }
}
