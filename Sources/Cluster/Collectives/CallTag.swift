/// Distinguishes the messages of one collective call from those of others that are under way.
struct CallTag: Equatable {
  /// The number that messages carry: at most 32,767, the largest tag that every MPI accepts.
  let value: Int

  private static let kinds = 16
  private static let calls = 2048

  /// The tag of a call; it recurs after 2,048 calls, when no message of the first is left.
  init(call: Int, kind: CollectiveKind) {
    value = call % Self.calls * Self.kinds + kind.rawValue
  }

  /// The tag with a value.
  init(value: Int) { self.value = value }

  /// The kind of call; nil where no call has this tag.
  var kind: CollectiveKind? { CollectiveKind(rawValue: value % Self.kinds) }
}
