/// One row of the pairwise sum `Σ_{i<j} ⟨sᵢ, tⱼ⟩` and of its gradients.
///
/// The dimension is cut into chunks of 16, 8, 4, 2 and 1 lanes; within a chunk the running sum over fields
/// stays in one register.
public enum PairwiseKernel {
  /// `Σᵢ ⟨sᵢ, Σ_{j>i} tⱼ⟩` of one row of `fields · dimension` elements.
  @inline(__always)
  public static func sum(
    source: UnsafePointer<Scalar>, target: UnsafePointer<Scalar>, fields: Int, dimension: Int
  ) -> Scalar {
    var total: Scalar = 0
    var start = 0
    while start < dimension {
      let rest = dimension - start
      let s = source + start
      let t = target + start
      switch rest {
      case 16...: total += sum(SIMD16<Scalar>.self, s, t, fields, dimension); start += 16
      case 8...: total += sum(SIMD8<Scalar>.self, s, t, fields, dimension); start += 8
      case 4...: total += sum(SIMD4<Scalar>.self, s, t, fields, dimension); start += 4
      case 2...: total += sum(SIMD2<Scalar>.self, s, t, fields, dimension); start += 2
      default: total += sumOfOne(s, t, fields, dimension); start += 1
      }
    }
    return total
  }

  /// `sourceGradient_i += g·Σ_{j>i} tⱼ` and `targetGradient_j += g·Σ_{i<j} sᵢ`; the operands may coincide.
  @inline(__always)
  public static func addGradients(
    _ gradient: Scalar, source: UnsafePointer<Scalar>, target: UnsafePointer<Scalar>,
    sourceGradient: UnsafeMutablePointer<Scalar>, targetGradient: UnsafeMutablePointer<Scalar>,
    fields: Int, dimension: Int
  ) {
    var start = 0
    while start < dimension {
      let rest = dimension - start
      let operands = Operands(
        source: source + start, target: target + start, sourceGradient: sourceGradient + start,
        targetGradient: targetGradient + start, fields: fields, stride: dimension)
      switch rest {
      case 16...: operands.addGradients(SIMD16<Scalar>.self, gradient); start += 16
      case 8...: operands.addGradients(SIMD8<Scalar>.self, gradient); start += 8
      case 4...: operands.addGradients(SIMD4<Scalar>.self, gradient); start += 4
      case 2...: operands.addGradients(SIMD2<Scalar>.self, gradient); start += 2
      default: operands.addGradientsOfOne(gradient); start += 1
      }
    }
  }

  @inline(__always)
  private static func sum<Lanes: SIMD>(
    _: Lanes.Type, _ source: UnsafePointer<Scalar>, _ target: UnsafePointer<Scalar>, _ fields: Int,
    _ stride: Int
  ) -> Scalar where Lanes.Scalar == Scalar {
    var suffix = Lanes.zero
    var products = Lanes.zero
    var offset = (fields - 1) * stride
    while offset >= 0 {
      products.addProduct(load(source + offset, as: Lanes.self), suffix)
      suffix += load(target + offset, as: Lanes.self)
      offset -= stride
    }
    return products.sum()
  }

  @inline(__always)
  private static func sumOfOne(
    _ source: UnsafePointer<Scalar>, _ target: UnsafePointer<Scalar>, _ fields: Int, _ stride: Int
  ) -> Scalar {
    var suffix: Scalar = 0
    var products: Scalar = 0
    for field in (0..<fields).reversed() {
      products += source[field * stride] * suffix
      suffix += target[field * stride]
    }
    return products
  }

  @inline(__always)
  fileprivate static func load<Lanes: SIMD>(
    _ address: UnsafePointer<Scalar>, as: Lanes.Type
  ) -> Lanes where Lanes.Scalar == Scalar {
    UnsafeRawPointer(address).loadUnaligned(as: Lanes.self)
  }

  /// One chunk of lanes of a row's operands and gradients.
  private struct Operands {
    let source: UnsafePointer<Scalar>
    let target: UnsafePointer<Scalar>
    let sourceGradient: UnsafeMutablePointer<Scalar>
    let targetGradient: UnsafeMutablePointer<Scalar>
    let fields: Int
    let stride: Int

    @inline(__always)
    func addGradients<Lanes: SIMD>(_: Lanes.Type, _ gradient: Scalar)
    where Lanes.Scalar == Scalar {
      var suffix = Lanes.zero
      for field in (0..<fields).reversed() {
        let offset = field * stride
        add(suffix * gradient, to: sourceGradient + offset)
        suffix += load(target + offset, as: Lanes.self)
      }
      var prefix = Lanes.zero
      for field in 0..<fields {
        let offset = field * stride
        add(prefix * gradient, to: targetGradient + offset)
        prefix += load(source + offset, as: Lanes.self)
      }
    }

    @inline(__always)
    func addGradientsOfOne(_ gradient: Scalar) {
      var suffix: Scalar = 0
      for field in (0..<fields).reversed() {
        sourceGradient[field * stride] += suffix * gradient
        suffix += target[field * stride]
      }
      var prefix: Scalar = 0
      for field in 0..<fields {
        targetGradient[field * stride] += prefix * gradient
        prefix += source[field * stride]
      }
    }

    @inline(__always)
    private func add<Lanes: SIMD>(_ lanes: Lanes, to address: UnsafeMutablePointer<Scalar>)
    where Lanes.Scalar == Scalar {
      let sum = load(UnsafePointer(address), as: Lanes.self) + lanes
      UnsafeMutableRawPointer(address).storeBytes(of: sum, as: Lanes.self)
    }
  }
}
