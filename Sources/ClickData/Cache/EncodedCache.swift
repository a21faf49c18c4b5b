import Platform

/// The encoded rows of a split in a file, once their checksum was found to be right.
final class EncodedCache {
  /// The file that holds the rows.
  let path: String
  /// What stands beside them.
  let manifest: CacheManifest
  let layout: CacheLayout
  private let file: MappedFile
  private let headerBytes: Int

  /// Maps the rows and checks every byte of them; throws `CacheProblem`.
  init(_ path: String, manifest: CacheManifest, layout: CacheLayout) throws(CacheProblem) {
    self.path = path
    self.manifest = manifest
    self.layout = layout
    do {
      file = try MappedFile(path)
    } catch FileFailure.missing {
      throw .damaged("its rows are missing")
    } catch {
      throw .refused("\(error)")
    }
    let header = layout.header(rows: manifest.rows)
    headerBytes = header.count
    let (rowBytes, overflows) = manifest.rows.multipliedReportingOverflow(by: layout.recordBytes)
    guard manifest.rows >= 0, !overflows, rowBytes <= .max - header.count else {
      throw .damaged("it cannot have \(manifest.rows) rows")
    }
    let expected = header.count + rowBytes
    guard file.bytes.count == expected else {
      throw .damaged("it has \(file.bytes.count) bytes instead of \(expected)")
    }
    guard file.bytes.prefix(header.count).elementsEqual(header) else {
      throw .damaged("its header is not what was written")
    }
    guard checksum() == manifest.checksum else {
      throw .damaged("its rows are not those that were written")
    }
  }

  /// Where the manifest of a file of rows stands.
  static func manifestPath(_ path: String) -> String { "\(path.dropLast(4)).json" }

  /// All bytes of the file.
  var bytes: Int { file.bytes.count }

  /// Calls `body` with blocks of records, in order, until it returns false.
  func blocks(_ body: (UnsafePointer<UInt32>, _ rows: Int) -> Bool) {
    for first in stride(from: 0, to: manifest.rows, by: layout.blockRows) {
      let count = min(layout.blockRows, manifest.rows - first)
      let range = byteRange(first, count)
      guard let start = file.bytes.baseAddress else { return }
      let records = (start + range.lowerBound).assumingMemoryBound(to: UInt32.self)
      guard body(records, count) else { return }
      file.release(range)
    }
  }

  private func byteRange(_ first: Int, _ rows: Int) -> Range<Int> {
    let start = headerBytes + first * layout.recordBytes
    return start..<start + rows * layout.recordBytes
  }

  private func checksum() -> String {
    var checksum = BlockChecksum()
    blocks { records, rows in
      checksum.add(UnsafeRawBufferPointer(start: records, count: rows * layout.recordBytes))
      return true
    }
    return checksum.value
  }
}
