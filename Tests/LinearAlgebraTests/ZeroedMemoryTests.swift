import LinearAlgebra
import Platform
import Testing

@Suite struct ZeroedMemoryTests {
  /// Sizes on both sides of the limit between the heap and separate pages.
  private static let sizes = [
    1, 4096, 100_001, 1 << 20, (1 << 21) - 64, (1 << 21) - 1, 1 << 21,
    (1 << 21) + 1, 5 << 20,
  ]

  private struct Block {
    let memory: UnsafeMutablePointer<UInt8>
    let count: Int
    let mark: UInt8

    /// Allocates zeros and overwrites every byte with `mark`; nil if a byte is not zero.
    init?(_ count: Int, mark: UInt8) {
      (memory, self.count, self.mark) = (ZeroedMemory.allocate(count), count, mark)
      guard holds(0) else { return nil }
      memory.update(repeating: mark, count: count)
    }

    func holds(_ byte: UInt8) -> Bool {
      UnsafeBufferPointer(start: memory, count: count).allSatisfy { $0 == byte }
    }

    /// Frees the block; false if a byte has changed meanwhile.
    func free() -> Bool {
      defer { ZeroedMemory.free(memory) }
      return holds(mark)
    }
  }

  @Test func everyBlockIsZeroedAndDisjoint() throws {
    let random = CounterRandom(seed: 5, stream: 0)
    var blocks: [Block] = []
    for draw in 0..<400 {
      let number = UInt64(2 * draw)
      if blocks.count > 30 || (draw > 300 && !blocks.isEmpty) {
        #expect(blocks.remove(at: random.integer(number, below: blocks.count)).free())
      } else {
        let size = Self.sizes[random.integer(number + 1, below: Self.sizes.count)]
        blocks.append(try #require(Block(size, mark: UInt8(1 + draw % 255)), "\(size) bytes"))
      }
    }
    for block in blocks { #expect(block.free()) }
  }

  @Test func severalThreadsAllocateAtOnce() {
    let pool = WorkerPool(threads: 4)
    let sizes = [40_000, 1_000_000, 2_000_000]
    let kept = UnsafeMutablePointer<Bool>.allocate(capacity: 64)
    defer { kept.deallocate() }
    pool.run(64) { task in
      let blocks = (0..<12).map { Block(sizes[($0 + task) % 3], mark: UInt8(task + 1)) }
      (kept + task).initialize(to: blocks.allSatisfy { $0?.free() == true })
    }
    #expect((0..<64).allSatisfy { kept[$0] })
  }
}
