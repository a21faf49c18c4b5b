import Cluster
import Testing

@Suite struct MessageBufferTests {
  @Test func elementsAreReadAsTheyWereAppended() {
    let message = MessageBuffer()
    for round in 0..<3 {
      message.clear()
      for id in UInt32(0)..<1000 { message.append(id &* 7) }
      message.append(contentsOf: [UInt32](repeating: 5, count: round).span)
      message.append(2, of: UInt32.self) { elements in
        elements[0] = 8
        elements[1] = 9
      }
      #expect(message.count == 4 * (1002 + round))
      message.withElements(UInt32.self) { elements in
        #expect(elements.count == 1002 + round)
        #expect((0..<1000).allSatisfy { elements[$0] == UInt32($0) &* 7 })
        #expect(elements[elements.count - 1] == 9 && elements[elements.count - 2] == 8)
      }
    }
  }

  @Test func textIsKept() {
    let message = MessageBuffer()
    #expect(message.text.isEmpty)
    message.append("größer als 64 Bytes, damit der Speicher einmal wachsen muss: ")
    message.append("0123456789")
    #expect(
      message.text == "größer als 64 Bytes, damit der Speicher einmal wachsen muss: 0123456789")
  }
}
