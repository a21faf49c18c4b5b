/// The groups of Avazu's fields that are absent together: pages in an app have no site, and so on.
private enum Pattern: Int {
  case place, device, order
}

/// A page is on a site or in an app; fields of the other kind then have one fixed value.
private func onApp(_ written: Int) -> Absence {
  Absence(pattern: Pattern.place.rawValue, range: 0..<0.36, written: written)
}

private func onSite(_ written: Int) -> Absence {
  Absence(pattern: Pattern.place.rawValue, range: 0.36..<1, written: written)
}

private func category(
  _ kind: EntityKind, _ level: Granularity, _ count: Int, top: Double, noise: Double = 0.05,
  _ notation: SyntheticField.Category.Notation = .hexadecimal, usually: Absence? = nil
) -> SyntheticField {
  let category = SyntheticField.Category(
    trait: Trait(kind, level, noise: noise), law: PowerLaw(count: count, top: top),
    notation: notation)
  return SyntheticField(source: .category(category), absence: usually)
}

private func listed(_ values: [Int32]) -> SyntheticField.Category.Notation {
  var list = SIMD16<Int32>.zero
  for (index, value) in values.enumerated() { list[index] = value }
  return .listed(list)
}

extension SyntheticLayout {
  /// Avazu's mobile advertising log: a header, then id, click, hour and 21 categories.
  ///
  /// Cardinalities are those of Avazu_x4; the shares of the most common values are those of the
  /// real log, but rows draw their hours, so that any number of rows covers the ten days.
  static let avazu = SyntheticLayout(
    header: "id,click,hour,C1,banner_pos,site_id,site_domain,site_category,app_id,app_domain,"
      + "app_category,device_id,device_ip,device_model,device_type,device_conn_type,"
      + "C14,C15,C16,C17,C18,C19,C20,C21",
    separator: UInt8(ascii: ","), clickRate: 0.1698,
    user: EntityGroup(count: 5_000_000, top: 0.003), ad: EntityGroup(count: 20_000, top: 0.03),
    context: EntityGroup(count: 60_000, top: 0.06),
    patterns: [
      Trait(.context, .fine, noise: 0),
      Trait(.user, .entity, noise: 0.1),
      Trait(.ad, .fine, noise: 0.2),
    ],
    columns: avazuImpression + avazuPlace + avazuDevice + avazuCampaign)

  private static let avazuImpression = [
    SyntheticField(source: .identifier, absence: nil),
    SyntheticField(source: .click, absence: nil),
    SyntheticField(source: .hour(Trait(.context, .coarse, noise: 0.7)), absence: nil),
    category(.context, .coarse, 7, top: 0.9, listed([1005, 1002, 1010, 1012, 1007, 1001, 1008])),
    category(.context, .middle, 7, top: 0.72, listed([0, 1, 7, 2, 4, 5, 3])),
  ]

  private static let avazuPlace = [
    category(.context, .fine, 4_049, top: 0.2, noise: 0.02, usually: onApp(0x85f7_51fd)),
    category(.context, .middle, 5_459, top: 0.2, noise: 0.02, usually: onApp(0xc4e1_8dd6)),
    category(.context, .coarse, 25, top: 0.4, noise: 0.02, usually: onApp(0x5056_9ef3)),
    category(.context, .fine, 6_543, top: 0.1, noise: 0.02, usually: onSite(0xecad_2386)),
    category(.context, .middle, 398, top: 0.2, noise: 0.02, usually: onSite(0x7801_e8d9)),
    category(.context, .coarse, 31, top: 0.6, noise: 0.02, usually: onSite(0x07d7_df22)),
  ]

  private static let avazuDevice = [
    category(
      .user, .entity, 820_507, top: 0.000_1,
      usually: Absence(
        pattern: Pattern.device.rawValue, range: 0..<0.82, written: 0xa99f_214a)),
    category(.user, .entity, 2_903_320, top: 0.004, noise: 0.1),
    category(.user, .middle, 7_257, top: 0.05),
    category(.user, .coarse, 5, top: 0.92, listed([1, 0, 4, 5, 2])),
    category(.user, .middle, 4, top: 0.86, listed([0, 2, 3, 5])),
  ]

  private static let avazuCampaign = [
    category(.ad, .fine, 2_554, top: 0.02, noise: 0.02, .integer(first: 375, step: 9)),
    category(
      .ad, .coarse, 8, top: 0.93, noise: 0.02, listed([320, 300, 216, 728, 120, 1024, 480, 768])),
    category(
      .ad, .coarse, 9, top: 0.94, noise: 0.02,
      listed([50, 250, 36, 480, 90, 20, 768, 320, 1024])),
    category(.ad, .middle, 432, top: 0.05, noise: 0.02, .integer(first: 112, step: 6)),
    category(.ad, .coarse, 4, top: 0.42, listed([0, 3, 2, 1])),
    category(.ad, .middle, 68, top: 0.22, .integer(first: 35, step: 28)),
    category(
      .ad, .middle, 171, top: 0.1, .integer(first: 100_000, step: 1),
      usually: Absence(pattern: Pattern.order.rawValue, range: 0..<0.47, written: -1)),
    category(.ad, .middle, 60, top: 0.22, .integer(first: 13, step: 4)),
  ]
}
