import Foundation

extension ONNXAttributeProto {
  /// An integer.
  init(_ name: String, _ integer: Int) {
    self.init()
    (self.name, type, i) = (name, .int, Int64(integer))
  }

  /// A number.
  init(_ name: String, _ number: Float) {
    self.init()
    (self.name, type, f) = (name, .float, number)
  }

  /// A list of integers.
  init(_ name: String, _ integers: [Int]) {
    self.init()
    (self.name, type, ints) = (name, .ints, integers.map(Int64.init))
  }

  /// A list of numbers.
  init(_ name: String, _ numbers: [Float]) {
    self.init()
    (self.name, type, floats) = (name, .floats, numbers)
  }

  /// A list of texts, as bytes.
  init(_ name: String, texts: [Data]) {
    self.init()
    (self.name, type, strings) = (name, .strings, texts)
  }
}

extension ONNXTensorProto {
  /// A tensor without numbers.
  init(name: String, _ type: DataType, _ shape: [Int]) {
    self.init()
    self.name = name
    dataType = Int32(type.rawValue)
    dims = shape.map(Int64.init)
  }
}

extension ONNXValueInfoProto {
  /// A value whose dimensions have names and any length.
  init(_ name: String, _ type: ONNXTensorProto.DataType, _ dimensions: [String], note: String) {
    self.init()
    self.name = name
    self.type.tensorType.elemType = Int32(type.rawValue)
    self.type.tensorType.shape.dim = dimensions.map { name in
      var dimension = ONNXTensorShapeProto.Dimension()
      dimension.dimParam = name
      return dimension
    }
    docString = note
  }
}

extension ONNXStringStringEntryProto {
  /// A key with its value.
  init(_ key: String, _ value: String) {
    self.init()
    (self.key, self.value) = (key, value)
  }
}

extension ONNXOperatorSetIdProto {
  /// A version of the operations of a domain.
  init(_ domain: String, _ version: Int) {
    self.init()
    self.domain = domain
    self.version = Int64(version)
  }
}
