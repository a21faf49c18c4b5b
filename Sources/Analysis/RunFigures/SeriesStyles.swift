import Models

/// The colours of series, and the panels that they are in.
///
/// A factor with an order has ordered colours; otherwise each paradigm has shades of its hue. In a
/// panel no two series look the same, however many runs there are.
struct SeriesStyles {
  /// The factor whose values order the colours; nil where none does.
  let colour: String?
  let shades: [Palette.Shade]
  /// The colour of each series.
  let shade: [Int]
  /// The label of each series below panels: without what the panels' titles say.
  let labels: [String]
  /// The panels with the series in each.
  let panels: [(title: String?, series: [Int])]

  private static let mostPerPanel = 8
  private static let shadesPerParadigm = Palette.shadesPerParadigm

  /// Styles for the series of runs; `colour` is the key that orders the colours.
  init(_ arms: RunArms, colour given: String? = nil) {
    let series = arms.series
    let colour = given ?? Self.orderedKey(arms)
    self.colour = colour
    let candidates = arms.keys.filter { $0 != colour && $0 != "model.paradigm" }
    var panelKeys: [String] = []
    func needsMore() -> Bool {
      Self.grouped(series, panelKeys).contains { members in
        members.count > Self.mostPerPanel
          || Paradigm.allCases.contains { paradigm in
            colour == nil
              && members.count { series[$0].paradigm == paradigm } > Self.shadesPerParadigm
          } || colour != nil && Self.repeats(members.map { series[$0] }, colour)
      }
    }
    for key in candidates where needsMore() {
      // Panels of one curve each would compare nothing.
      guard Self.grouped(series, panelKeys + [key]).count * 2 <= series.count else { continue }
      panelKeys.append(key)
    }
    let keys = arms.keys.filter { !panelKeys.contains($0) }
    let texts = series.map { run in
      let text = panelKeys.isEmpty ? run.label : RunArms.label(run.first, keys)
      return text.isEmpty ? run.label : text
    }
    // What nothing distinguishes is divided by number.
    let members = Self.grouped(series, panelKeys).flatMap { members in
      needsMore() ? Self.chunks(members, of: Self.shadesPerParadigm) : [members]
    }
    let titles = members.enumerated().map { index, members -> String? in
      let title = RunArms.label(series[members[0]].first, panelKeys)
      guard title.isEmpty, !panelKeys.isEmpty else { return title.isEmpty ? nil : title }
      let names = panelKeys.map { RunArms.short($0, among: panelKeys) }
      return "without \(names.joined(separator: ", "))"
    }
    if let colour {
      let values = Self.values(of: colour, in: series)
      shades =
        values.indices.map { Palette.ordered(Double($0) / Double(max(values.count - 1, 1))) }
        + [Palette.neutral]
      shade = series.map { run in
        RunArms.value(run.first, colour).flatMap { values.firstIndex(of: $0) } ?? values.count
      }
    } else {
      // Looks that exhaust the shades of a paradigm are those of one panel, which numbers them.
      let isShared = Paradigm.allCases.allSatisfy { paradigm in
        Set(series.indices.filter { series[$0].paradigm == paradigm }.map { texts[$0] }).count
          <= Self.shadesPerParadigm
      }
      guard isShared || members.count == 1 else {
        let order = members.flatMap(\.self)
        shades = members.flatMap { Palette.shades($0.map { series[$0].paradigm }) }
        shade = series.indices.map { order.firstIndex(of: $0) ?? 0 }
        labels = series.indices.map { index in
          let panel = members.firstIndex { $0.contains(index) } ?? 0
          return "\(panel + 1): \(texts[index])"
        }
        panels = members.enumerated().map { index, members in
          ("\(index + 1)" + (titles[index].map { ": \($0)" } ?? ""), members)
        }
        return
      }
      let looks = series.indices.map { "\(series[$0].paradigm) \(texts[$0])" }
      let distinct = looks.indices.filter { looks.firstIndex(of: looks[$0]) == $0 }
      shades = Palette.shades(distinct.map { series[$0].paradigm })
      shade = looks.map { look in distinct.firstIndex { looks[$0] == look } ?? 0 }
    }
    labels = texts
    panels = members.enumerated().map { index, panel in
      members.count == 1
        ? (nil, panel) : (titles[index] ?? "\(index + 1) of \(members.count)", panel)
    }
  }

  /// The last of the keys that has at least three numbers.
  private static func orderedKey(_ arms: RunArms) -> String? {
    arms.keys.last { key in
      let values = values(of: key, in: arms.series)
      return values.count > 2 && values.allSatisfy { Double($0) != nil }
        && key != RunArms.seedKey
    }
  }

  /// The values of a key, ascending if they are numbers.
  private static func values(of key: String, in series: [RunArms.Series]) -> [String] {
    var values: [String] = []
    for value in series.compactMap({ RunArms.value($0.first, key) }) where !values.contains(value) {
      values.append(value)
    }
    let numbers = values.compactMap { Double($0) }
    guard numbers.count == values.count else { return values }
    return zip(values, numbers).sorted { $0.1 < $1.1 }.map(\.0)
  }

  private static func grouped(_ series: [RunArms.Series], _ keys: [String]) -> [[Int]] {
    var groups: [(place: [String?], members: [Int])] = []
    for index in series.indices {
      let place = keys.map { RunArms.value(series[index].first, $0) }
      if let group = groups.firstIndex(where: { $0.place == place }) {
        groups[group].members.append(index)
      } else {
        groups.append((place, [index]))
      }
    }
    return groups.map(\.members)
  }

  /// Whether two series have the same colour and paradigm.
  private static func repeats(_ series: [RunArms.Series], _ colour: String?) -> Bool {
    let looks = series.map { run in
      [run.paradigm.rawValue, colour.flatMap { RunArms.value(run.first, $0) }]
    }
    return Set(looks).count < looks.count
  }

  private static func chunks(_ members: [Int], of size: Int) -> [[Int]] {
    stride(from: 0, to: members.count, by: size).map {
      Array(members[$0..<min($0 + size, members.count)])
    }
  }
}
