/// Two adjacent chunks processed in one pass: a vector of 10, the usual dimension, is 8 and 2.
///
/// A kernel's sum over fields is a chain of dependent additions; two independent chains run in the
/// time of one.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
public struct JoinedChunk<Head: LaneChunk, Tail: LaneChunk>: LaneChunk {
  @usableFromInline var head: Head
  @usableFromInline var tail: Tail

  @inlinable
  init(head: Head, tail: Tail) { (self.head, self.tail) = (head, tail) }

  @inlinable public static var width: Int { Head.width + Tail.width }

  @inlinable public static var zero: JoinedChunk { JoinedChunk(head: .zero, tail: .zero) }

  @inlinable @inline(__always)
  public static func load(_ address: UnsafePointer<Scalar>) -> JoinedChunk {
    JoinedChunk(head: .load(address), tail: .load(address + Head.width))
  }

  @inlinable @inline(__always)
  public func store(_ address: UnsafeMutablePointer<Scalar>) {
    head.store(address)
    tail.store(address + Head.width)
  }

  @inlinable @inline(__always)
  public static func += (sum: inout JoinedChunk, term: JoinedChunk) {
    sum.head += term.head
    sum.tail += term.tail
  }

  @inlinable @inline(__always)
  public static func - (a: JoinedChunk, b: JoinedChunk) -> JoinedChunk {
    JoinedChunk(head: a.head - b.head, tail: a.tail - b.tail)
  }

  @inlinable @inline(__always)
  public static func * (a: JoinedChunk, b: JoinedChunk) -> JoinedChunk {
    JoinedChunk(head: a.head * b.head, tail: a.tail * b.tail)
  }

  @inlinable @inline(__always)
  public static func / (a: JoinedChunk, b: JoinedChunk) -> JoinedChunk {
    JoinedChunk(head: a.head / b.head, tail: a.tail / b.tail)
  }

  @inlinable @inline(__always)
  public static func + (a: JoinedChunk, b: Scalar) -> JoinedChunk {
    JoinedChunk(head: a.head + b, tail: a.tail + b)
  }

  @inlinable @inline(__always)
  public static func * (a: JoinedChunk, b: Scalar) -> JoinedChunk {
    JoinedChunk(head: a.head * b, tail: a.tail * b)
  }

  @inlinable @inline(__always)
  public mutating func addProduct(_ a: JoinedChunk, _ b: JoinedChunk) {
    head.addProduct(a.head, b.head)
    tail.addProduct(a.tail, b.tail)
  }

  @inlinable @inline(__always)
  public mutating func addProduct(_ a: JoinedChunk, _ b: Scalar) {
    head.addProduct(a.head, b)
    tail.addProduct(a.tail, b)
  }

  @inlinable @inline(__always)
  public func sum() -> Scalar { head.sum() + tail.sum() }

  @inlinable @inline(__always)
  public func root() -> JoinedChunk { JoinedChunk(head: head.root(), tail: tail.root()) }

  @inlinable @inline(__always)
  public func replaced(
    by other: JoinedChunk, where numbers: JoinedChunk, isAtMost limit: Scalar
  ) -> JoinedChunk {
    JoinedChunk(
      head: head.replaced(by: other.head, where: numbers.head, isAtMost: limit),
      tail: tail.replaced(by: other.tail, where: numbers.tail, isAtMost: limit))
  }
}
