import Glibc

/// How the numbers along an axis are placed, from 0 at its beginning to 1 at its end, and where its
/// ticks are.
struct Axis {
  /// How places depend on numbers.
  enum Spacing: Equatable {
    /// Equal differences have equal lengths.
    case linear
    /// Equal ratios have equal lengths.
    case logarithmic
    /// The same, with the number 0 at the beginning, before a break.
    case logarithmicAfterZero
  }

  let spacing: Spacing
  /// The numbers at the two ends; on an axis with a break, those of its logarithmic part.
  let lower: Double
  let upper: Double
  /// At least two of them, wherever the ends differ.
  let ticks: [Double]
  private let label: (Double) -> String

  /// The share of an axis that the number 0 and the break behind it take.
  static let zeroShare = 0.14

  /// An axis with these ticks.
  init(
    _ spacing: Spacing, _ lower: Double, _ upper: Double, ticks: [Double],
    label: @escaping (Double) -> String
  ) {
    (self.spacing, self.lower, self.upper) = (spacing, lower, upper)
    (self.ticks, self.label) = (ticks, label)
  }

  /// A linear axis with about `count` round ticks.
  static func linear(_ lower: Double, _ upper: Double, count: Int) -> Axis {
    let (ticks, step) = Ticks.axis(lower, upper, count: count)
    return Axis(.linear, lower, upper, ticks: ticks) { NumberFormat.tick($0, step: step) }
  }

  /// A linear axis of whole numbers, such as epochs.
  static func whole(_ lower: Double, _ upper: Double, count: Int) -> Axis {
    let step = max(1, Ticks.step(upper - lower, count: count))
    let ticks = stride(from: (lower / step).rounded(.up) * step, through: upper, by: step)
    return Axis(.linear, lower, upper, ticks: Array(ticks)) { NumberFormat.tick($0, step: step) }
  }

  /// A linear axis around numbers, with some space beyond them.
  static func around(_ values: [Double], count: Int) -> Axis {
    let (least, most) = (values.min() ?? 0, values.max() ?? 1)
    let margin = most > least ? (most - least) * 0.06 : max(abs(most) * 0.05, 1e-6)
    return linear(least - margin, most + margin, count: count)
  }

  /// A logarithmic axis with ticks at powers of ten, and between them where there are few.
  static func logarithmic(_ lower: Double, _ upper: Double) -> Axis {
    let decades = Int(log10(lower).rounded(.down))...Int(log10(upper).rounded(.up))
    let inside = lower * (1 - 1e-9)...upper * (1 + 1e-9)
    let choices: [[Double]] = [[1], [1, 2, 5]].map { factors in
      decades.flatMap { decade in factors.map { $0 * pow(10, Double(decade)) } }
        .filter(inside.contains)
    }
    if upper / lower >= 300 || choices[1].count < 2 {
      let ticks = choices[0].count >= 2 ? choices[0] : Ticks.axis(lower, upper, count: 4).values
      return Axis(.logarithmic, lower, upper, ticks: ticks, label: NumberFormat.value)
    }
    return Axis(.logarithmic, lower, upper, ticks: choices[1], label: NumberFormat.value)
  }

  /// The axis of a factor, logarithmic where that spaces its values more evenly, with a tick at
  /// each of them where they are few.
  static func factor(_ values: [Double]) -> Axis {
    let distinct = Set(values).sorted()
    guard let least = distinct.first, let most = distinct.last, least < most else {
      return around(values, count: 3)
    }
    let positive = distinct.filter { $0 > 0 }
    guard least >= 0, let first = positive.first, prefersLogarithms(positive),
      least > 0 || most / first >= 10
    else {
      let axis = around(distinct, count: 5)
      guard distinct.count <= 6, isSpread(distinct.map(axis.place)) else { return axis }
      return Axis(.linear, axis.lower, axis.upper, ticks: distinct) { NumberFormat.value($0) }
    }
    let margin = pow(most / first, 0.06)
    let spacing: Spacing = least == 0 ? .logarithmicAfterZero : .logarithmic
    let round = logarithmic(first / margin, most * margin)
    let own = Axis(
      spacing, round.lower, round.upper, ticks: distinct, label: NumberFormat.value)
    guard distinct.count > 8 || !isSpread(distinct.map(own.place)) else { return own }
    return Axis(
      spacing, round.lower, round.upper, ticks: (least == 0 ? [0] : []) + round.ticks,
      label: NumberFormat.value)
  }

  /// Whether the widest gap between logarithms is a smaller share of their range than that between
  /// the numbers, and the range at least a decade or three values.
  private static func prefersLogarithms(_ values: [Double]) -> Bool {
    guard let first = values.first, let last = values.last, last / first >= 4 else { return false }
    if values.count == 2 { return last / first >= 10 }
    func widest(_ places: [Double]) -> Double {
      let gaps = zip(places.dropFirst(), places).map(-)
      return (gaps.max() ?? 0) / ((places.last ?? 1) - (places.first ?? 0))
    }
    return widest(values.map { log($0) }) < widest(values)
  }

  /// Whether labels at these places have room beside one another.
  private static func isSpread(_ places: [Double]) -> Bool {
    zip(places.dropFirst(), places).allSatisfy { $0 - $1 >= 0.09 }
  }

  /// The place of a number, within 0...1.
  func place(_ value: Double) -> Double {
    switch spacing {
    case .linear: return min(max((value - lower) / (upper - lower), 0), 1)
    case .logarithmic: return logarithmicPlace(value)
    case .logarithmicAfterZero:
      return value == 0
        ? Self.zeroShare / 3
        : Self.zeroShare + (1 - Self.zeroShare) * logarithmicPlace(value)
    }
  }

  private func logarithmicPlace(_ value: Double) -> Double {
    min(max(log(max(value, lower) / lower) / log(upper / lower), 0), 1)
  }

  /// The text beside a tick.
  func text(_ tick: Double) -> String { label(tick) }
}

/// Round numbers along an axis.
enum Ticks {
  /// Multiples of a round step inside `lower...upper`, about `count` of them and at least two,
  /// with the step.
  static func axis(_ lower: Double, _ upper: Double, count: Int) -> (values: [Double], step: Double)
  {
    var count = count
    var values = round(lower, upper, count: count)
    while values.count < 2, upper > lower, count < 64 {
      count *= 2
      values = round(lower, upper, count: count)
    }
    return (values, step(upper - lower, count: count))
  }

  /// Multiples of `step(upper − lower)` inside `lower...upper`, at most about `count` of them.
  static func round(_ lower: Double, _ upper: Double, count: Int) -> [Double] {
    let step = step(upper - lower, count: count)
    let first = (lower / step - 1e-9).rounded(.up)
    let last = (upper / step + 1e-9).rounded(.down)
    guard first <= last else { return [] }
    return stride(from: first, through: last, by: 1).map { $0 * step }
  }

  /// 1, 2 or 5 times a power of ten that divides `span` into at most about `count` intervals.
  static func step(_ span: Double, count: Int) -> Double {
    guard span > 0 else { return 1 }
    let raw = span / Double(max(count, 1))
    let magnitude = pow(10, log10(raw).rounded(.down))
    let factor = [1, 2, 5, 10].first { $0 * magnitude >= raw * (1 - 1e-9) } ?? 10
    return factor * magnitude
  }
}
