/// Two chunks side by side, handled in one pass: a vector of 10, the usual dimension, is 8 and 2.
///
/// A kernel's sum over fields is a chain of additions that wait for one another; two chains run in the time of one.
struct JoinedChunk<Head: LaneChunk, Tail: LaneChunk>: LaneChunk {
  private var head: Head
  private var tail: Tail

  static var width: Int { Head.width + Tail.width }

  static var zero: JoinedChunk { JoinedChunk(head: .zero, tail: .zero) }

  @inline(__always)
  static func load(_ address: UnsafePointer<Scalar>) -> JoinedChunk {
    JoinedChunk(head: .load(address), tail: .load(address + Head.width))
  }

  @inline(__always)
  func store(_ address: UnsafeMutablePointer<Scalar>) {
    head.store(address)
    tail.store(address + Head.width)
  }

  @inline(__always)
  static func += (sum: inout JoinedChunk, term: JoinedChunk) {
    sum.head += term.head
    sum.tail += term.tail
  }

  @inline(__always)
  static func * (a: JoinedChunk, b: JoinedChunk) -> JoinedChunk {
    JoinedChunk(head: a.head * b.head, tail: a.tail * b.tail)
  }

  @inline(__always)
  mutating func addProduct(_ a: JoinedChunk, _ b: JoinedChunk) {
    head.addProduct(a.head, b.head)
    tail.addProduct(a.tail, b.tail)
  }

  @inline(__always)
  mutating func addProduct(_ a: JoinedChunk, _ b: Scalar) {
    head.addProduct(a.head, b)
    tail.addProduct(a.tail, b)
  }

  @inline(__always)
  func sum() -> Scalar { head.sum() + tail.sum() }
}
