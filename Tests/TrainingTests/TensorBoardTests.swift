import Foundation
import Platform
import TestSupport
import Testing

@testable import Training

/// A reader of TensorBoard's files, written from the formats of TFRecord and protocol buffers.
private struct EventReader {
  struct Event: Equatable {
    var step = 0
    var version: String?
    var restarts = false
    var scalars: [String: Float] = [:]
  }

  static func events(_ bytes: [UInt8]) throws -> [Event] {
    var events: [Event] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let length = Array(rest.prefix(8))
      let count = Int(number(length))
      #expect(number(Array(rest.dropFirst(8).prefix(4))) == UInt64(masked(length)))
      let message = Array(rest.dropFirst(12).prefix(count))
      #expect(message.count == count)
      #expect(number(Array(rest.dropFirst(12 + count).prefix(4))) == UInt64(masked(message)))
      events.append(try event(message))
      rest = rest.dropFirst(16 + count)
    }
    return events
  }

  private static func event(_ message: [UInt8]) throws -> Event {
    var event = Event()
    for (field, value) in try fields(message) {
      switch (field, value) {
      case (2, .number(let step)): event.step = Int(step)
      case (3, .bytes(let text)): event.version = String(decoding: text, as: UTF8.self)
      case (7, .bytes(let log)): event.restarts = try fields(log).contains { $0 == (1, .number(1)) }
      case (5, .bytes(let summary)):
        for case (1, .bytes(let value)) in try fields(summary) {
          var (tag, scalar) = ("", Float.nan)
          for part in try fields(value) {
            if case (1, .bytes(let text)) = part { tag = String(decoding: text, as: UTF8.self) }
            if case (2, .number(let bits)) = part { scalar = Float(bitPattern: UInt32(bits)) }
          }
          event.scalars[tag] = scalar
        }
      default: break
      }
    }
    return event
  }

  private enum Value: Equatable {
    case number(UInt64)
    case bytes([UInt8])
  }

  private static func fields(_ message: [UInt8]) throws -> [(Int, Value)] {
    var fields: [(Int, Value)] = []
    var rest = message[...]
    func variable() -> UInt64 {
      var (number, shift): (UInt64, UInt64) = (0, 0)
      while let byte = rest.popFirst() {
        number |= UInt64(byte & 0x7f) << shift
        shift += 7
        if byte < 0x80 { break }
      }
      return number
    }
    while !rest.isEmpty {
      let tag = variable()
      let field = Int(tag >> 3)
      switch tag & 7 {
      case 0: fields.append((field, .number(variable())))
      case 1:
        fields.append((field, .number(number(Array(rest.prefix(8))))))
        rest = rest.dropFirst(8)
      case 5:
        fields.append((field, .number(number(Array(rest.prefix(4))))))
        rest = rest.dropFirst(4)
      case 2:
        let count = Int(variable())
        fields.append((field, .bytes(Array(rest.prefix(count)))))
        rest = rest.dropFirst(count)
      default: throw POSIXError(.EILSEQ)
      }
    }
    return fields
  }

  private static func number(_ bytes: [UInt8]) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// Bit by bit, without a table.
  private static func masked(_ bytes: [UInt8]) -> UInt32 {
    var crc = ~UInt32(0)
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 0 ? crc >> 1 : crc >> 1 ^ 0x82f6_3b78 }
    }
    crc = ~crc
    return (crc >> 15 | crc << 17) &+ 0xa282_ead8
  }
}

@Suite struct TensorBoardTests {
  @Test func theChecksumIsCastagnolis() {
    // The check value of CRC-32C, and the 32 zeros of RFC 3720, appendix B.4.
    #expect(CRC32C.checksum(Array("123456789".utf8)) == 0xe306_9283)
    #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32)) == 0x8a91_36aa)
  }

  @Test func evaluationsAreEventsWithTheValuesOfTheMetrics() throws {
    var settings = TrainingRun.settings(epochs: 2)
    settings.tensorboard = true
    let run = try TrainingRun(settings, interruptedAt: 30)
    let failure = #expect(throws: TrainingFailure.self) { try run.trainer.train() }
    guard case .interrupted(let step) = failure else { return }
    let again = try TrainingRun(settings, resuming: run.temporary)
    _ = try again.trainer.train()
    let names = run.temporary.files.filter { $0.hasPrefix("run/tensorboard/") }
    #expect(!names.isEmpty && names.allSatisfy { $0.contains("tfevents") })
    let events = try names.flatMap {
      try EventReader.events(try WholeFile.read(run.temporary.file($0), .metrics))
    }
    #expect(events.first?.version == "brain.Event:2")
    #expect(names.count == 2 && events.filter(\.restarts).map(\.step) == [step + 1])
    let lines = try again.lines()
    let shown = events.filter { !$0.scalars.isEmpty }
    #expect(Set(shown.map(\.step)) == [16, 32])
    for line in lines where line.split == "valid" {
      let event = try #require(
        shown.last { $0.step == line.step && $0.scalars["valid/AUC"] != nil })
      #expect(event.scalars["valid/AUC"] == line.AUC.map { Float($0) })
      #expect(event.scalars["valid/logloss"] == line.logloss.map { Float($0) })
      #expect(event.scalars["train/logloss"] == line.train_loss.map { Float($0) })
      #expect(event.scalars["train/learning_rate"] == Float(line.learning_rate))
      #expect(event.scalars["tables/rankme"] == line.table_rankme.map { Float($0) })
    }
    for line in lines where line.span == "epoch" {
      let event = try #require(
        shown.last { $0.step == line.step && $0.scalars["epoch/logloss"] != nil })
      #expect(event.scalars["epoch/logloss"] == line.train_loss.map { Float($0) })
      #expect(event.scalars["epoch/learning_rate"] == Float(line.learning_rate))
    }
    #expect(shown.contains { $0.scalars["test/AUC"] == lines.last?.AUC.map { Float($0) } })
  }
}
