import Cluster
import LinearAlgebra
import Platform

/// Times each kind of call for messages of several sizes, for the cost model.
///
/// Prints one line per kind and size: the time of a call on rank 0 as the mean of ten in a row, in
/// the fastest of many rows and in the median one, and what rank 0 sent in the fastest. A single
/// call may find all messages there. On a busy machine only the fastest row shows the network.
struct Measurement {
  private let cluster: any Collectives

  private let largest: Int

  /// Measures messages of up to `largest` bytes.
  init(_ cluster: any Collectives, largest: Int) {
    self.cluster = cluster
    self.largest = largest
  }

  /// Sizes in bytes of the whole vector, or of the message between two ranks.
  private static let sizes = [8, 1 << 10, 1 << 15, 1 << 18, 1 << 20, 1 << 22, 1 << 24]

  func run() throws {
    try time("barrier", 0) { try cluster.barrier() }
    for size in Self.sizes where size <= 1 << 15 {
      var values = [Double](repeating: 1e-3, count: max(1, size / 8))
      try time("sum", size) {
        var span = values.mutableSpan
        try cluster.sum(&span, present: true)
        values[0] = 1e-3
      }
    }
    for size in Self.sizes where size <= largest {
      var vector = [Scalar](repeating: 1e-3, count: size / MemoryLayout<Scalar>.size)
      let slices = Slices(count: vector.count, ranks: cluster.ranks)
      try time("reduceScatter", size) {
        var span = vector.mutableSpan
        try cluster.reduceScatter(&span, slices, present: true)
      }
      try time("allGather", size) {
        var span = vector.mutableSpan
        try cluster.allGather(&span, slices)
      }
      let exchange = Exchange(rank: cluster.rank, ranks: cluster.ranks)
      for message in exchange.outgoing {
        message.append(contentsOf: [UInt8](repeating: 1, count: size).span)
      }
      try time("exchange", size) { try cluster.exchange(exchange) }
      try overlap(exchange, size)
    }
  }

  /// Times an exchange during a computation of the same length as the exchange alone.
  private func overlap(_ exchange: Exchange, _ size: Int) throws {
    guard size >= 1 << 20 else { return }
    let alone = Stopwatch()
    for _ in 0..<5 { try cluster.exchange(exchange) }
    var seconds = [alone.seconds / 5]
    // All ranks compute for the time of rank 0.
    var span = seconds.mutableSpan
    try cluster.sum(&span, present: cluster.rank == 0)
    var waiting = 0.0
    for _ in 0..<5 {
      try cluster.begin(exchange)
      let compute = Stopwatch()
      while compute.seconds < seconds[0] {}
      let wait = Stopwatch()
      try cluster.finish(exchange)
      waiting += wait.seconds / 5
    }
    guard cluster.rank == 0 else { return }
    let hidden = Int(100 * (1 - waiting / seconds[0]))
    try StandardStream.output.print(
      "overlap        \(pad(size)) B \(pad(hidden)) % of the time hidden behind a computation")
  }

  /// Calls `body` for at least 0.3 seconds, and prints the times of one call.
  private func time(_ name: String, _ size: Int, _ body: () throws -> Void) throws {
    var times: [Double] = []
    let before = cluster.traffic.total
    for _ in 0..<3 { try body() }
    let total = Stopwatch()
    var isOver = false
    while !isOver {
      let row = Stopwatch()
      for _ in 0..<10 { try body() }
      times.append(row.seconds / 10)
      var over = [total.seconds > 0.3 ? 1.0 : 0.0]
      var span = over.mutableSpan
      try cluster.sum(&span, present: cluster.rank == 0)
      isOver = over[0] > 0
    }
    guard cluster.rank == 0 else { return }
    let sent = cluster.traffic.total.sentBytes - before.sentBytes
    let bytes = sent / (10 * times.count + 3)
    let sorted = times.sorted()
    let (least, median) = (sorted[0], sorted[sorted.count / 2])
    let rate = least > 0 ? Int(Double(bytes) / least / 1e6) : 0
    try StandardStream.output.print(
      """
      \(name.padding(to: 14)) \(pad(size)) B \(microseconds(least)) µs, median \
      \(microseconds(median)) µs, \(pad(rate)) MB/s sent, \(times.count) rows
      """)
  }

  private func microseconds(_ seconds: Double) -> String {
    let tenths = Int((seconds * 1e7).rounded())
    return pad(tenths / 10) + ".\(tenths % 10)"
  }

  private func pad(_ number: Int) -> String {
    String(repeating: " ", count: max(0, 9 - String(number).count)) + String(number)
  }
}

extension String {
  fileprivate func padding(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
