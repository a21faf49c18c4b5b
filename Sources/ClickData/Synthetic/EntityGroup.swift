/// Which of the three kinds of entity that meet in an impression drives a field.
enum EntityKind: Int, CaseIterable, Sendable {
  case user, ad, context
}

/// How finely a field sees its entity: the entity itself, or one of the three clusters it belongs to.
enum Granularity: Int, CaseIterable, Sendable {
  case coarse, middle, fine, entity
}

/// How many entities of one kind a world holds, how they nest into clusters, and how popular they are.
///
/// Every law names the share of its commonest value: of impressions for `popularity`, of the nodes one
/// level below for the clusters.
struct EntityGroup: Sendable {
  /// The law that impressions draw entities from.
  let popularity: PowerLaw
  /// The laws that give an entity its fine cluster, a fine cluster its middle one, and that its coarse one.
  let fine: PowerLaw, middle: PowerLaw, coarse: PowerLaw

  /// Sizes a group; the clusters are the same few in every world.
  init(count: Int, top: Double) {
    popularity = PowerLaw(count: count, top: top)
    fine = PowerLaw(count: 30_000, top: 0.002)
    middle = PowerLaw(count: 2_000, top: 0.01)
    coarse = PowerLaw(count: 60, top: 0.08)
  }
}
