internal import AnnealFiles

/// FNV-1a, 64 bits: a fingerprint that is the same on every machine and in every version.
struct Fingerprint {
  private var state: UInt64 = 0xCBF2_9CE4_8422_2325

  /// The fingerprint of `text`.
  static func of(_ text: String) -> UInt64 {
    var print = Fingerprint()
    print.add(text)
    return print.state
  }

  /// The fingerprint of `value`'s text without spaces, which is not written for it.
  static func of(_ value: JSON) -> UInt64 {
    var print = Fingerprint()
    print.add(value)
    return print.state
  }

  private mutating func add(_ byte: UInt8) { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }

  private mutating func add(_ text: String) {
    var text = text
    text.withUTF8 { for byte in $0 { add(byte) } }
  }

  private mutating func add(_ value: JSON) {
    switch value {
    case .string(let text): addQuoted(text)
    case .array(let elements):
      add(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        if index > 0 { add(UInt8(ascii: ",")) }
        add(element)
      }
      add(UInt8(ascii: "]"))
    case .object(let members):
      add(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { add(UInt8(ascii: ",")) }
        addQuoted(member.key)
        add(UInt8(ascii: ":"))
        add(member.value)
      }
      add(UInt8(ascii: "}"))
    default: add(value.text())
    }
  }

  private mutating func addQuoted(_ text: String) {
    let isPlain = text.utf8.allSatisfy { byte in
      byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }
    guard isPlain else { return add(JSON.string(text).text()) }
    add(UInt8(ascii: "\""))
    add(text)
    add(UInt8(ascii: "\""))
  }
}
