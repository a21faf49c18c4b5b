import Platform

/// The verified encoded rows of a split in a file.
final class EncodedCache {
  let path: String
  let manifest: CacheManifest
  let layout: CacheLayout
  private let file: RowFile
  private let headerBytes: Int
  /// The hashes of the blocks, which are verified again whenever a block is read.
  private var hashes: [UInt64] = []

  init(_ path: String, manifest: CacheManifest, layout: CacheLayout) throws(CacheProblem) {
    self.path = path
    self.manifest = manifest
    self.layout = layout
    let header = layout.header(rows: manifest.rows)
    headerBytes = header.count
    do {
      file = try RowFile(path)
    } catch .missing {
      throw .damaged("its rows are missing")
    } catch {
      throw .refused("\(error)")
    }
    let (rowBytes, overflows) = manifest.rows.multipliedReportingOverflow(by: layout.recordBytes)
    guard manifest.rows >= 0, !overflows, rowBytes <= .max - header.count else {
      throw .damaged("it cannot have \(manifest.rows) rows")
    }
    let expected = header.count + rowBytes
    guard file.bytes == expected else {
      throw .damaged("it has \(file.bytes) bytes instead of \(expected)")
    }
    do {
      try check(header)
    } catch {
      throw CacheProblem(error)
    }
  }

  /// The path of the manifest of a file of rows.
  static func manifestPath(_ path: String) -> String { "\(path.dropLast(4)).json" }

  var bytes: Int { file.bytes }

  /// Whether nothing was written to the file since its rows were verified.
  var isUnwritten: Bool { file.isUnwritten }

  /// Calls `body` with blocks of records, in order, until it returns false.
  ///
  /// Throws `DataFailure.changedRows` before a block that has changed since it was verified.
  func blocks(_ body: (UnsafePointer<UInt32>, _ rows: Int) -> Bool) throws {
    let buffer = blockBuffer()
    defer { buffer.deallocate() }
    for (index, first) in firstRows.enumerated() {
      guard let block = try read(first, into: buffer),
        ContentHash.of(UnsafeRawBufferPointer(block)) == hashes[index],
        let records = block.baseAddress?.assumingMemoryBound(to: UInt32.self)
      else { throw DataFailure.changedRows(path: path, lastRow: first) }
      guard body(records, block.count / layout.recordBytes) else { return }
    }
  }

  private func check(_ header: [UInt8]) throws {
    let found = UnsafeMutableRawBufferPointer.allocate(byteCount: headerBytes, alignment: 1)
    let buffer = blockBuffer()
    defer {
      found.deallocate()
      buffer.deallocate()
    }
    guard try file.read(at: 0, into: found), found.elementsEqual(header) else {
      throw CacheProblem.damaged("its header is not what was written")
    }
    var checksum = BlockChecksum()
    for first in firstRows {
      guard let block = try read(first, into: buffer) else { break }
      checksum.add(UnsafeRawBufferPointer(block))
    }
    guard checksum.value == manifest.checksum else {
      throw CacheProblem.damaged("its rows are not those that were written")
    }
    hashes = checksum.hashes
  }

  private var firstRows: StrideTo<Int> { stride(from: 0, to: manifest.rows, by: layout.blockRows) }

  private func blockBuffer() -> UnsafeMutableRawBufferPointer {
    .allocate(byteCount: layout.blockRows * layout.recordBytes, alignment: 64)
  }

  /// The block that starts with a row; nil where the file ends too early.
  private func read(
    _ first: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws -> UnsafeMutableRawBufferPointer? {
    let rows = min(layout.blockRows, manifest.rows - first)
    let block = UnsafeMutableRawBufferPointer(rebasing: buffer[..<(rows * layout.recordBytes)])
    let offset = headerBytes + first * layout.recordBytes
    return try file.read(at: offset, into: block) ? block : nil
  }
}

/// A pass over cached rows.
final class CachedPass: RowPass {
  private let cache: EncodedCache
  private let shuffle: RowShuffle?
  private let monitor = Monitor()
  // Guarded by `monitor`.
  private var bytesRead = 0
  private var cancelled = false

  init(_ cache: EncodedCache, order: RowOrder) {
    self.cache = cache
    shuffle = RowShuffle(words: cache.layout.words, order: order)
  }

  var totalBytes: Int? { cache.bytes }
  var readSeconds: Double { 0 }

  var read: (rows: Int, bytes: Int) {
    let bytes = monitor.locked { bytesRead }
    return (min(bytes / cache.layout.recordBytes, cache.manifest.rows), bytes)
  }

  var badRows: BadRows {
    var badRows = BadRows()
    (badRows.count, badRows.messages) = (cache.manifest.badRows, cache.manifest.firstBadRows)
    return badRows
  }

  var findings: RowFindings { cache.manifest.findings ?? RowFindings() }

  func cancel() { monitor.locked { cancelled = true } }

  func run(into filler: BatchFiller) throws {
    let words = cache.layout.words
    let bytes = cache.layout.recordBytes
    var watch = Stopwatch()
    try cache.blocks { records, rows in
      if let shuffle {
        for row in 0..<rows { shuffle.insert(records + row * words, displacing: filler.append) }
      } else {
        filler.append(records, rows)
      }
      filler.addBusy(watch.seconds)
      watch = Stopwatch()
      return monitor.locked {
        bytesRead += rows * bytes
        return !cancelled
      }
    }
    guard !monitor.locked({ cancelled }) else { return }
    monitor.locked { bytesRead = cache.bytes }
    shuffle?.drain(filler.append)
    filler.addBusy(watch.seconds)
  }

  func finish() {}
}
