#if !SFG_DOUBLE
  @testable import LinearAlgebra

  /// Products of numbers rounded to bfloat16, written for reading: the twin of `BFloat16Products`.
  enum NaiveBFloat16 {
    /// The nearest bfloat16 number, of two equally near ones the one whose last bit is zero;
    /// denormals become zero.
    static func rounded(_ number: Float) -> Float {
      guard number.isFinite else { return number }
      let number = flushed(number)
      let below = Float(bitPattern: number.bitPattern & 0xffff_0000)
      let above = Float(bitPattern: below.bitPattern &+ 0x1_0000)
      let (toBelow, toAbove) = (
        abs(Double(number) - Double(below)), abs(Double(finite(above)) - Double(number))
      )
      guard toBelow == toAbove else { return toBelow < toAbove ? below : above }
      return below.bitPattern & 0x1_0000 == 0 ? below : above
    }

    /// `Σ a·b` of rounded numbers: per step the second product, then the first, each sum rounded;
    /// k-blocks begin at zero and are added to `start`, or to nothing, in their order.
    static func sum(_ a: [Float], _ b: [Float], addingTo start: Float?) -> Float {
      var result = start
      for block in 0..<ProductBlocking.blocks(inner: a.count) {
        let steps = ProductBlocking.steps(of: block, inner: a.count)
        var sum: Float = 0
        for first in stride(from: steps.lowerBound, to: steps.upperBound, by: 2) {
          for place in [first + 1, first] where place < steps.upperBound {
            sum = flushed(sum.addingProduct(rounded(a[place]), rounded(b[place])))
          }
        }
        result = result.map { $0 + sum } ?? sum
      }
      return result ?? 0
    }

    /// The same over the rows of a batch: each piece is a sum, and the pieces are added as a tree.
    static func batchSum(_ a: [Float], _ b: [Float], addingTo start: Float?) -> Float {
      let pieces = BatchPieces(rows: a.count)
      func tree(_ range: Range<Int>, _ start: Float?) -> Float {
        guard range.count > 1 else {
          let rows = pieces[range.lowerBound]
          return sum(Array(a[rows]), Array(b[rows]), addingTo: start)
        }
        let middle = (range.lowerBound + range.upperBound) / 2
        return tree(range.lowerBound..<middle, start) + tree(middle..<range.upperBound, nil)
      }
      return tree(0..<pieces.count, start)
    }

    private static func flushed(_ number: Float) -> Float {
      number.isSubnormal ? Float(sign: number.sign, exponent: 0, significand: 0) : number
    }

    /// The number that would follow the largest finite one.
    private static func finite(_ number: Float) -> Double {
      number.isFinite ? Double(number) : (number < 0 ? -1 : 1) * 0x1p128
    }
  }
#endif
