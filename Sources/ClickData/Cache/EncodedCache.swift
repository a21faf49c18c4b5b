import Platform

/// The encoded rows of a split in a file, once their checksum was found to be right.
final class EncodedCache {
  /// The file that holds the rows.
  let path: String
  /// What stands beside them.
  let manifest: CacheManifest
  let layout: CacheLayout
  private let file: RowFile
  private let headerBytes: Int
  /// Of the blocks that were checked; each is compared again whenever it is read.
  private var hashes: [UInt64] = []

  /// Opens the rows and checks every byte of them; throws `CacheProblem`.
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
    } catch let problem as CacheProblem {
      throw problem
    } catch {
      throw .refused("\(error)")
    }
  }

  /// Where the manifest of a file of rows stands.
  static func manifestPath(_ path: String) -> String { "\(path.dropLast(4)).json" }

  /// All bytes of the file.
  var bytes: Int { file.bytes }

  /// Whether nothing was written to the file since its rows were checked.
  var isUnwritten: Bool { file.isUnwritten }

  /// Calls `body` with blocks of records, in order, until it returns false.
  ///
  /// Throws `DataFailure.changedRows` before a block whose bytes are not those that were checked, or are gone.
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

  /// The first row of every block.
  private var firstRows: StrideTo<Int> { stride(from: 0, to: manifest.rows, by: layout.blockRows) }

  private func blockBuffer() -> UnsafeMutableRawBufferPointer {
    .allocate(byteCount: layout.blockRows * layout.recordBytes, alignment: 64)
  }

  /// The block that begins with a row; nil where the file ends before its end.
  private func read(
    _ first: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws -> UnsafeMutableRawBufferPointer? {
    let rows = min(layout.blockRows, manifest.rows - first)
    let block = UnsafeMutableRawBufferPointer(rebasing: buffer[..<(rows * layout.recordBytes)])
    let offset = headerBytes + first * layout.recordBytes
    return try file.read(at: offset, into: block) ? block : nil
  }
}
