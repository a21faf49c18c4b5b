import Platform

/// Decides for each pass whether its rows are read from a cache or written to one.
final class RowCaches {
  /// Where the rows of a pass are read from.
  enum Source {
    case cache(EncodedCache)
    /// From text, and written to a cache where there is a writer.
    case text(CacheWriter?)
  }

  private let folder: CacheFolder
  /// The caches in use, by recipe; they are not verified again while their files are unwritten.
  private var open: [String: EncodedCache] = [:]
  private var writers: [String: CacheWriter] = [:]
  private var unused: Set<String> = []
  private var busy: Set<String> = []

  init(_ folder: CacheFolder) { self.folder = folder }

  /// Finds the rows of a recipe, or makes a writer for them.
  ///
  /// `share` is the split's share of the rows; `accepts` decides whether bad rows may be skipped.
  func source(
    _ recipe: CacheRecipe, layout: CacheLayout, share: Double,
    accepts: (_ badRows: Int, _ rows: Int) -> Bool
  ) -> Source {
    let name = recipe.name
    if let cache = open[name], cache.isUnwritten { return .cache(cache) }
    open[name] = nil
    // Failed once, a recipe is not tried again.
    guard !unused.contains(name) else { return .text(nil) }
    let path = "\(folder.path)/\(name).npy"
    do throws(CacheProblem) {
      guard let cache = try find(recipe, at: path, layout: layout) else {
        return .text(writer(recipe, at: path, layout: layout, share: share, instead: nil))
      }
      // Reading the text reports which bad row exceeds the limit.
      guard accepts(cache.manifest.badRows, cache.manifest.rows) else { return .text(nil) }
      open[name] = cache
      folder.report(.used(split: recipe.split, path: path, rows: cache.manifest.rows))
      return .cache(cache)
    } catch {
      return .text(writer(recipe, at: path, layout: layout, share: share, instead: error))
    }
  }

  /// The rows at a path; nil where they do not exist.
  private func find(
    _ recipe: CacheRecipe, at path: String, layout: CacheLayout
  ) throws(CacheProblem) -> EncodedCache? {
    let last = writers.removeValue(forKey: recipe.name)
    if let problem = last?.problem { throw problem }
    let manifestPath = EncodedCache.manifestPath(path)
    guard let manifest = try CacheManifest(contentsOf: manifestPath) else { return nil }
    guard manifest.recipe == recipe.lines else { return nil }
    guard manifest.findings != nil else { throw .damaged("it lacks the counts of blank values") }
    // Rows that this process wrote are those of the data it started with.
    let isOwn = last?.isCommitted == true
    let checked = try isOwn ? manifest : manifest.checked(recipe.files, at: folder.now())
    let cache = try EncodedCache(path, manifest: manifest, layout: layout)
    // In a read-only folder, the files are read again the next time.
    if checked != manifest { try? checked.write(to: manifestPath) }
    return cache
  }

  private func writer(
    _ recipe: CacheRecipe, at path: String, layout: CacheLayout, share: Double,
    instead problem: CacheProblem?
  ) -> CacheWriter? {
    let isRefused = if case .refused = problem { true } else { false }
    guard folder.writes, !isRefused else {
      if let problem { giveUp(recipe, problem) }
      return nil
    }
    do throws(CacheProblem) {
      let rows = Self.estimatedLines(of: recipe.files)
      let bytes = rows.map { Int(Double($0) * share) * layout.recordBytes }
      AtomicFile.removeAbandoned(in: folder.path)
      let writer = try CacheWriter(path, recipe: recipe, layout: layout, now: folder.now)
      if let bytes, let free = folder.freeBytes(folder.path), bytes > free / 10 * 9 {
        throw .noSpace(needed: bytes, free: free)
      }
      writers[recipe.name] = writer
      folder.report(.written(split: recipe.split, path: path, bytes: bytes, instead: problem))
      return writer
    } catch {
      giveUp(recipe, error)
      return nil
    }
  }

  private func giveUp(_ recipe: CacheRecipe, _ problem: CacheProblem) {
    if problem == .busy {
      // The other process may have finished by the next pass.
      guard busy.insert(recipe.name).inserted else { return }
    } else {
      unused.insert(recipe.name)
    }
    folder.report(.unused(split: recipe.split, problem))
  }

  /// The approximate number of lines in files, extrapolated from the start of the first.
  static func estimatedLines(of paths: [String]) -> Int? {
    let sample = 1 << 20
    guard let path = paths.first, let total = InputPaths.totalBytes(paths),
      let source = try? ByteSource(path: path, isCancelled: { false })
    else { return nil }
    let text = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: sample)
    defer { text.deallocate() }
    var filled = 0
    while filled < sample,
      let count = try? source.read(into: .init(rebasing: text[filled...])), count > 0
    {
      filled += count
    }
    let lines = text[..<filled].count { $0 == 0x0a }
    guard lines > 0, source.offset > 0 else { return nil }
    return Int((Double(lines) * Double(total) / Double(source.offset)).rounded(.up))
  }
}
