import Cluster
import LinearAlgebra

/// Compares one call of each collective with its definition, on random inputs.
///
/// All ranks call the same check with the same seed and call number. A difference throws.
public enum CollectiveChecks {
  /// A sum of short vectors equals the naive recursion, bit for bit, on every rank.
  public static func sum(_ cluster: any Collectives, seed: UInt64, call: UInt64) throws {
    let inputs = RandomInputs(seed: seed, call: call)
    let count = inputs.number(in: 1...200)
    let parts = (0..<cluster.ranks).map { rank in
      inputs.isPresent(rank) ? inputs.values(of: rank, count: count) : nil
    }
    let expected = NaiveTree.sum(parts[...])
    var values = inputs.values(of: cluster.rank, count: count)
    var span = values.mutableSpan
    let present = try cluster.sum(&span, present: inputs.isPresent(cluster.rank))
    try expect(present == (expected != nil), "sum: present is \(present)")
    try equal(values, expected ?? Array(repeating: 0, count: count), "sum", cluster)
  }

  /// A reduce-scatter and an all-gather over uneven slices equal the naive recursion, bit for bit.
  public static func slicedSum(
    _ cluster: any Collectives, seed: UInt64, call: UInt64, longest: Int = 300
  ) throws {
    let inputs = RandomInputs(seed: seed, call: call)
    let slices = inputs.slices(ranks: cluster.ranks, longest: longest)
    let parts = (0..<cluster.ranks).map { rank in
      inputs.isPresent(rank) ? inputs.scalars(of: rank, count: slices.count) : nil
    }
    let expected = NaiveTree.sum(parts[...]) ?? Array(repeating: 0, count: slices.count)
    var values = inputs.scalars(of: cluster.rank, count: slices.count)
    var span = values.mutableSpan
    try cluster.reduceScatter(&span, slices, present: inputs.isPresent(cluster.rank))
    let own = slices[cluster.rank]
    try equal(Array(values[own]), Array(expected[own]), "reduceScatter", cluster)
    for index in values.indices where !own.contains(index) { values[index] = .nan }
    span = values.mutableSpan
    try cluster.allGather(&span, slices)
    try equal(values, expected, "allGather", cluster)
  }

  /// Fills the messages of an exchange, including those of the rank to itself.
  public static func fill(
    _ exchange: Exchange, _ cluster: any Collectives, seed: UInt64, call: UInt64, longest: Int
  ) {
    let inputs = RandomInputs(seed: seed, call: call)
    exchange.clear()
    for target in 0..<cluster.ranks {
      let message = inputs.message(from: cluster.rank, to: target, longest: longest)
      exchange.outgoing[target].append(contentsOf: message.span)
    }
  }

  /// An exchange that was filled by `fill` on every rank and has finished delivered every byte.
  public static func delivered(
    _ exchange: Exchange, _ cluster: any Collectives, seed: UInt64, call: UInt64, longest: Int
  ) throws {
    let inputs = RandomInputs(seed: seed, call: call)
    for source in 0..<cluster.ranks {
      let expected = inputs.message(from: source, to: cluster.rank, longest: longest)
      try equal(exchange.incoming(from: source), expected, "message of rank \(source)", cluster)
    }
  }

  /// One exchange of random messages of up to `longest` bytes delivers every byte.
  public static func exchange(
    _ cluster: any Collectives, _ exchange: Exchange, seed: UInt64, call: UInt64,
    longest: Int = 5000
  ) throws {
    fill(exchange, cluster, seed: seed, call: call, longest: longest)
    try cluster.exchange(exchange)
    try delivered(exchange, cluster, seed: seed, call: call, longest: longest)
  }

  /// A broadcast from a random rank delivers its bytes to every rank.
  public static func broadcast(_ cluster: any Collectives, seed: UInt64, call: UInt64) throws {
    let inputs = RandomInputs(seed: seed, call: call)
    let root = inputs.number(in: 0...cluster.ranks - 1, 7)
    let message = MessageBuffer()
    message.append(contentsOf: inputs.message(from: cluster.rank, to: 0, longest: 5000).span)
    try cluster.broadcast(message, from: root)
    try equal(message, inputs.message(from: root, to: 0, longest: 5000), "broadcast", cluster)
  }

  /// A gather delivers every rank's bytes to rank 0.
  public static func gather(_ cluster: any Collectives, seed: UInt64, call: UInt64) throws {
    let inputs = RandomInputs(seed: seed, call: call)
    let message = MessageBuffer()
    message.append(contentsOf: inputs.message(from: cluster.rank, to: 0, longest: 5000).span)
    let all = (0..<cluster.ranks).map { _ in MessageBuffer() }
    try cluster.gather(message, into: all)
    guard cluster.rank == 0 else { return }
    for source in 0..<cluster.ranks {
      let expected = inputs.message(from: source, to: 0, longest: 5000)
      try equal(all[source], expected, "gather of rank \(source)", cluster)
    }
  }

  private static func equal<Element: BinaryFloatingPoint>(
    _ values: [Element], _ expected: [Element], _ label: String, _ cluster: any Collectives
  ) throws {
    func same(_ index: Int) -> Bool {
      (values[index], values[index].sign) == (expected[index], expected[index].sign)
    }
    let wrong = values.indices.first { !same($0) }
    try expect(
      values.count == expected.count && wrong == nil,
      """
      \(label), rank \(cluster.rank) of \(cluster.ranks): \(values.count) values, expected \
      \(expected.count); first difference at \(wrong ?? -1): \(wrong.map { values[$0] } ?? .nan), \
      expected \(wrong.map { expected[$0] } ?? .nan)
      """)
  }

  private static func equal(
    _ message: MessageBuffer, _ expected: [UInt8], _ label: String, _ cluster: any Collectives
  ) throws {
    let bytes = message.withElements(UInt8.self) { span in span.indices.map { span[$0] } }
    try expect(
      bytes == expected,
      """
      \(label), rank \(cluster.rank) of \(cluster.ranks): \(bytes.count) bytes, expected \
      \(expected.count), of other values or lengths
      """)
  }
}
