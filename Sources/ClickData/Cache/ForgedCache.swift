/// Reads encoded rows as those of a cache are read, whoever sealed the document beside them.
///
/// What feeds bytes that nobody would write to the readers stands on it, for a seal would turn all of them away.
package enum ForgedCache {
  /// The rows of an npy file that the document describes; throws why they would not be used.
  package static func rows(
    of schema: [FieldSchema], manifest: UnsafeBufferPointer<UInt8>, path: String
  ) throws -> Int {
    let cache = try EncodedCache(
      path, manifest: CacheManifest(unsealed: Array(manifest)),
      layout: CacheLayout(RecordLayout(schema)))
    var rows = 0
    try cache.blocks { _, count in
      rows += count
      return true
    }
    return rows
  }
}
