import Foundation
import Platform

/// What a sweep tries for each of its models: a grid, or samples of ranges.
struct SweepSearch {
  /// The searched keys.
  let axes: [SweepAxis]
  /// The candidates, each with one index into the values of every axis.
  let candidates: [[Int]]
  /// How candidates are given up before they have trained all their epochs; nil trains all.
  let halving: SweepHalving?

  /// The keys of the section that are no keys of a configuration, none of which has a dot.
  private static let own = ["samples", "seed", "halving"]

  /// Reads the section; throws `ConfigurationFailure`.
  init(_ section: ConfigurationNode) throws {
    guard let members = section.members else { throw section.mismatch(expected: "a mapping") }
    let keys = members.filter { !Self.own.contains($0.name) }
    halving = try section["halving"].map(SweepHalving.init)
    guard let samples = section["samples"] else {
      if let seed = section["seed"] {
        throw ConfigurationFailure(
          seed.origin, seed.key, "has no meaning without search.samples; remove it")
      }
      let axes = try keys.map { member in
        if case .mapping = member.value.content {
          throw ConfigurationFailure(
            member.value.origin, member.value.key,
            "found a range, expected a list of values; a range needs search.samples, such as 20")
        }
        return try SweepAxis(member)
      }
      self.axes = axes
      candidates = axes.reduce([[]]) { grid, axis in
        grid.flatMap { point in axis.values.indices.map { point + [$0] } }
      }
      return
    }
    let count = try Form<Int>.integer(1...10_000).read(samples)
    let seed = try section["seed"].map { try Form<Int>.integer(0...).read($0) } ?? 0
    axes = try keys.enumerated().map { index, member in
      let random = CounterRandom(seed: UInt64(seed), stream: UInt64(index))
      let range = try SweepRange(member)
      return SweepAxis(
        try SweepAxis.names(of: member),
        (0..<count).map { range.value(at: random.uniform(UInt64($0))).moved(to: member.name) })
    }
    let axisCount = axes.count
    candidates = (0..<count).map { Array(repeating: $0, count: axisCount) }
  }
}

/// The values that samples are drawn from: a list, or a range of numbers.
struct SweepRange {
  private enum Kind {
    case list([ConfigurationNode])
    /// Uniform in the logarithm.
    case log(Double, Double)
    case uniform(Double, Double)
    case integer(Int, Int)
  }

  private let kind: Kind
  private let member: ConfigurationNode.Member
  private static let expected =
    "a list of values, {log: [LOW, HIGH]}, {uniform: [LOW, HIGH]} or {integer: [LOW, HIGH]}"

  init(_ member: ConfigurationNode.Member) throws {
    self.member = member
    switch member.value.content {
    case .scalar, .list: kind = .list(try SweepAxis(member).values)
    case .mapping(let members):
      guard members.count == 1, case .list(let ends) = members[0].value.content, ends.count == 2
      else { throw member.value.mismatch(expected: Self.expected) }
      let number = Form<Double>.number("a number") { _ in true }
      func bounds(above bound: Double) throws -> (Double, Double) {
        let (low, high) = (try number.read(ends[0]), try number.read(ends[1]))
        guard low > bound, low < high else {
          throw ConfigurationFailure(
            ends[0].origin, members[0].value.key,
            "found \(ends[0].inline) to \(ends[1].inline), expected the lower end first"
              + (bound == 0 ? ", above 0" : ""))
        }
        return (low, high)
      }
      switch members[0].name {
      case "log":
        let (low, high) = try bounds(above: 0)
        kind = .log(low, high)
      case "uniform":
        let (low, high) = try bounds(above: -.infinity)
        kind = .uniform(low, high)
      case "integer":
        let (low, high) = try bounds(above: -.infinity)
        guard let low = Int(exactly: low), let high = Int(exactly: high), high < 1 << 53 else {
          throw members[0].value.mismatch(expected: "two whole numbers")
        }
        kind = .integer(low, high)
      default: throw member.value.mismatch(expected: Self.expected)
      }
    }
  }

  /// The value at a place from 0 to below 1; a number has four significant digits, so that the
  /// name of a folder shows all of it.
  func value(at place: Double) -> ConfigurationNode {
    switch kind {
    case .list(let values): values[min(Int(place * Double(values.count)), values.count - 1)]
    case .log(let low, let high): number(low * pow(high / low, place), in: low...high)
    case .uniform(let low, let high): number(low + (high - low) * place, in: low...high)
    case .integer(let low, let high):
      node("\(low + min(Int(place * Double(high - low + 1)), high - low))")
    }
  }

  private func number(_ value: Double, in range: ClosedRange<Double>) -> ConfigurationNode {
    let rounded = Double(String(format: "%.4g", value)) ?? value
    return node("\(min(max(rounded, range.lowerBound), range.upperBound))")
  }

  private func node(_ text: String) -> ConfigurationNode {
    ConfigurationNode(
      key: member.name, origin: member.value.origin, content: .scalar(text, quoted: false))
  }
}

/// Successive halving (Jamieson and Talwalkar, AISTATS 2016): all candidates train a few epochs,
/// the better part of them `factor` times as many, and so on.
public struct SweepHalving: Equatable, Sendable {
  /// The epochs of the first rung.
  public let epochs: Int
  /// What the epochs grow by from one rung to the next, and the candidates shrink by.
  public let factor: Int

  /// Creates the rungs' rule.
  public init(epochs: Int, factor: Int) {
    (self.epochs, self.factor) = (epochs, factor)
  }

  init(_ section: ConfigurationNode) throws {
    guard let members = section.members else {
      throw section.mismatch(expected: "a mapping, such as {epochs: 1, factor: 3}")
    }
    if let other = members.first(where: { !["epochs", "factor"].contains($0.name) }) {
      throw ConfigurationFailure(
        other.origin, other.value.key, "unknown key; expected one of epochs, factor")
    }
    epochs = try section["epochs"].map { try Form<Int>.integer(1...).read($0) } ?? 1
    factor = try section["factor"].map { try Form<Int>.integer(2...100).read($0) } ?? 3
  }

  /// The epochs of each rung, the last of them all of a run's.
  public func rungs(of epochs: Int) -> [Int] {
    var rungs: [Int] = []
    var next = self.epochs
    while next < epochs {
      rungs.append(next)
      next = next > epochs / factor ? epochs : next * factor
    }
    return rungs + [epochs]
  }

  /// How many of a rung's candidates go on to the next.
  public func survivors(of count: Int) -> Int { max(1, (count + factor - 1) / factor) }
}
