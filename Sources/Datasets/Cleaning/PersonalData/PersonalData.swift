/// A kind of personal data or secret that can be told by how it is written.
///
/// To add one: an enum that conforms, and a line in `PersonalData.detectors`.
protocol PersonalDetector: Sendable {
  /// The name by which settings choose it, and of the mask: `[EMAIL]`.
  static var kind: String { get }
  /// The end of what begins at `start` of `text`; nil when nothing of the kind does.
  ///
  /// The byte before `start` is no letter and no digit.
  static func end(in text: ByteText, from start: Int) -> Int?
}

/// Finds e-mail addresses, numbers and keys that should not be learned.
enum PersonalData {
  /// What is looked for, the more particular first.
  static let detectors: [any PersonalDetector.Type] = [
    EmailAddress.self,
    SecretKey.self,
    AssignedSecret.self,
    SocialSecurityNumber.self,
    BankAccount.self,
    PaymentCard.self,
    InternetAddress.self,
    PhoneNumber.self,
  ]

  /// The kinds, as settings name them.
  static let kinds = detectors.map { $0.kind }.reduce(into: [String]()) { kinds, kind in
    if !kinds.contains(kind) { kinds.append(kind) }
  }

  /// A stretch of a text's bytes.
  struct Match: Hashable {
    var kind: String
    var range: Range<Int>
  }

  /// All that is in `text`, of the kinds wanted, in order.
  static func matches(in text: ByteText, _ wanted: [any PersonalDetector.Type]) -> [Match] {
    var found: [Match] = []
    var index = 0
    while index < text.count {
      guard text.mayBegin(index), !text.isWord(index - 1) else {
        index += 1
        continue
      }
      var end = index + 1
      for detector in wanted {
        guard let reached = detector.end(in: text, from: index), reached > index else { continue }
        found.append(Match(kind: detector.kind, range: index..<reached))
        end = reached
        break
      }
      index = end
    }
    return found
  }

  /// `text` with each match in it replaced by its kind, such as `[EMAIL]`.
  static func masked(_ text: String, _ wanted: [any PersonalDetector.Type]) -> String {
    let bytes = ByteText(text)
    let found = matches(in: bytes, wanted)
    guard !found.isEmpty else { return text }
    var result: [UInt8] = []
    var next = 0
    for match in found {
      result += bytes.bytes[next..<match.range.lowerBound]
      result += "[\(match.kind.uppercased())]".utf8
      next = match.range.upperBound
    }
    result += bytes.bytes[next...]
    return String(decoding: result, as: UTF8.self)
  }
}

/// A text's bytes, with places outside it reading as 0.
struct ByteText: Sendable {
  let bytes: [UInt8]

  init(_ text: String) { bytes = Array(text.utf8) }

  var count: Int { bytes.count }

  subscript(index: Int) -> UInt8 { bytes.indices.contains(index) ? bytes[index] : 0 }

  func isDigit(_ index: Int) -> Bool { (0x30...0x39).contains(self[index]) }

  func isLetter(_ index: Int) -> Bool {
    let byte = self[index] | 0x20
    return byte >= 0x61 && byte <= 0x7A
  }

  /// A letter or digit, also beyond ASCII.
  func isWord(_ index: Int) -> Bool { isDigit(index) || isLetter(index) || self[index] >= 0x80 }

  func isUpper(_ index: Int) -> Bool { (0x41...0x5A).contains(self[index]) }

  func isHex(_ index: Int) -> Bool {
    isDigit(index) || (0x61...0x66).contains(self[index] | 0x20)
  }

  /// Whether anything that is looked for begins with such a byte.
  func mayBegin(_ index: Int) -> Bool {
    isDigit(index) || isLetter(index) || [0x2B, 0x28, 0x2D, 0x3A].contains(self[index])
  }

  /// The letters that end before `end`, in lower case, and where they begin.
  func word(before end: Int) -> (letters: String, start: Int) {
    var start = end
    while isLetter(start - 1) || self[start - 1] == 0x5F || self[start - 1] == 0x2D { start -= 1 }
    guard start < end else { return ("", end) }
    return (String(decoding: bytes[start..<end], as: UTF8.self).lowercased(), start)
  }

  /// The end of what stands before `end` and the bytes of `skipped`.
  func end(before end: Int, skipping skipped: Set<UInt8>) -> Int {
    var end = end
    while end > 0, skipped.contains(self[end - 1]) { end -= 1 }
    return end
  }

  /// Whether `text` stands at `index`.
  func has(_ text: StaticString, at index: Int) -> Bool {
    guard index >= 0, index + text.utf8CodeUnitCount <= count else { return false }
    return text.withUTF8Buffer { bytes[index..<index + $0.count].elementsEqual($0) }
  }

  /// The end of the run of bytes from `start` on that `isIn` takes.
  func end(from start: Int, while isIn: (Int) -> Bool) -> Int {
    var end = start
    while end < count, isIn(end) { end += 1 }
    return end
  }
}
