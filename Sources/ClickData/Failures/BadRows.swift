import Platform

/// The bad rows of a pass: their number, and what is wrong with the first five.
public struct BadRows: Equatable, Sendable, Codable {
  /// How many there are.
  public var count = 0
  /// What is wrong with the first five of them, and where.
  public var messages: [String] = []

  private static let keptMessages = 5

  /// No bad rows.
  public init() {}

  /// Their share of all rows, where so many are good.
  public func share(beside good: Int) -> Double { Double(count) / Double(max(count + good, 1)) }

  /// Their share of so many rows, in words.
  func share(of rows: Int) -> String { PercentText.of(share(beside: rows - count)) }

  /// The first message.
  var first: String { messages.first ?? "" }

  /// These and those of a later pass.
  public func adding(_ later: BadRows) -> BadRows {
    var sum = self
    sum.count += later.count
    sum.messages = Array((messages + later.messages).prefix(Self.keptMessages))
    return sum
  }

  mutating func add(_ message: String) {
    count += 1
    if messages.count < Self.keptMessages { messages.append(message) }
  }
}

/// How many bad rows a pass may skip before it ends with an error.
public enum BadRowLimit: Equatable, Sendable {
  /// A number of rows.
  case rows(Int)
  /// A share of the rows, good and bad, from 0 to 1.
  case share(Double)

  /// The rows after which a share is judged before the end of a pass.
  static let judgedRows = 100_000

  /// Whether the bad rows among the first `rows` rows can end a pass.
  func isCertain(after rows: Int) -> Bool {
    switch self {
    case .rows: true
    case .share: rows >= Self.judgedRows
    }
  }

  /// Whether so many bad rows of all rows may be skipped.
  func allows(_ bad: Int, of rows: Int) -> Bool {
    switch self {
    case .rows(let limit): bad <= limit
    // A single row of a small file is no share of it.
    case .share(let limit): Double(bad) <= limit * Double(rows) || (bad == 1 && limit > 0)
    }
  }
}

extension BadRowLimit: CustomStringConvertible {
  /// The number, or the share in per cent.
  public var description: String {
    switch self {
    case .rows(let limit): "\(limit)"
    case .share(let limit): PercentText.of(limit)
    }
  }
}
