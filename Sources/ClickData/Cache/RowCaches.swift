import Platform

/// Decides for each pass whether its rows come from a cache, and whether they go into one.
final class RowCaches {
  /// Where the rows of a pass come from.
  enum Source {
    /// From a cache.
    case cache(EncodedCache)
    /// From text, and into a cache where there is a writer.
    case text(CacheWriter?)
  }

  private let folder: CacheFolder
  /// By recipe, those whose rows are used or were written in this process; the data is not looked at again, nor the rows
  /// as long as nobody writes to their file.
  private var open: [String: EncodedCache] = [:]
  private var writers: [String: CacheWriter] = [:]
  private var unused: Set<String> = []
  private var busy: Set<String> = []

  init(_ folder: CacheFolder) { self.folder = folder }

  /// Finds the rows of a recipe, or a place for them.
  ///
  /// `share` is the part of the files' rows that is meant; `accepts` tells whether so many bad rows may be left out.
  func source(
    _ recipe: CacheRecipe, layout: CacheLayout, share: Double, accepts: (_ badRows: Int) -> Bool
  ) -> Source {
    let name = recipe.name
    if let cache = open[name], cache.isUnwritten { return .cache(cache) }
    open[name] = nil
    // What could not be kept once is not tried again.
    guard !unused.contains(name) else { return .text(nil) }
    let path = "\(folder.path)/\(name).npy"
    do throws(CacheProblem) {
      guard let cache = try find(recipe, at: path, layout: layout) else {
        return .text(writer(recipe, at: path, layout: layout, share: share, instead: nil))
      }
      // Reading the text says which row is too much.
      guard accepts(cache.manifest.badRows) else { return .text(nil) }
      open[name] = cache
      folder.report(.used(split: recipe.split, path: path, rows: cache.manifest.rows))
      return .cache(cache)
    } catch {
      return .text(writer(recipe, at: path, layout: layout, share: share, instead: error))
    }
  }

  /// The rows at a path; nil where there are none.
  private func find(
    _ recipe: CacheRecipe, at path: String, layout: CacheLayout
  ) throws(CacheProblem) -> EncodedCache? {
    let last = writers.removeValue(forKey: recipe.name)
    if let problem = last?.problem { throw problem }
    let manifestPath = EncodedCache.manifestPath(path)
    guard let manifest = try CacheManifest(contentsOf: manifestPath) else { return nil }
    guard manifest.recipe == recipe.lines else { return nil }
    // The rows that this process wrote are those of the data it began with.
    let isOwn = last?.isCommitted == true
    let checked = try isOwn ? manifest : manifest.checked(recipe.files)
    let cache = try EncodedCache(path, manifest: manifest, layout: layout)
    // In a folder that cannot be written, the files are read again the next time too.
    if checked != manifest { try? checked.write(to: manifestPath) }
    return cache
  }

  private func writer(
    _ recipe: CacheRecipe, at path: String, layout: CacheLayout, share: Double,
    instead problem: CacheProblem?
  ) -> CacheWriter? {
    guard folder.writes else {
      if let problem { giveUp(recipe, problem) }
      return nil
    }
    if let problem, case .refused = problem {
      giveUp(recipe, problem)
      return nil
    }
    do throws(CacheProblem) {
      let rows = RowEstimate.lines(of: recipe.files)
      let bytes = rows.map { Int(Double($0) * share) * layout.recordBytes }
      AtomicFile.removeAbandoned(in: folder.path)
      let writer = try CacheWriter(path, recipe: recipe, layout: layout)
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
      // Who is writing now may have finished at the next pass.
      guard busy.insert(recipe.name).inserted else { return }
    } else {
      unused.insert(recipe.name)
    }
    folder.report(.unused(split: recipe.split, problem))
  }
}
