/// The documents of a plain text: the whole of it is one, unless a line that reads exactly
/// `<|endoftext|>` stands between two.
///
/// A document that grows beyond `longest` is cut at a line's end, so that a text larger than memory
/// can be read.
struct TextDocuments {
  /// A document, and the line on which it begins.
  struct Document {
    var line: Int
    var text: String
  }

  /// The line between documents.
  static let separator = Array("<|endoftext|>".utf8)
  /// The longest document that is held, bytes.
  static let longest = 1 << 26

  private var text: [UInt8] = []
  private var start = 1
  private var wasSeparated = false
  private var endedWithLine = true

  /// Takes the next line; the document that it ends, when it ends one.
  mutating func add(_ line: LineReader.Line) -> Document? {
    endedWithLine = line.isEnded
    if line.bytes == Self.separator {
      let document = document(trimmed: true)
      (text, start, wasSeparated) = ([], line.number + 1, true)
      return document
    }
    text += line.bytes
    text.append(0x0A)
    guard text.count > Self.longest else { return nil }
    let document = document(trimmed: wasSeparated)
    (text, start) = ([], line.number + 1)
    return document
  }

  /// The last document.
  mutating func end() -> Document? {
    if !endedWithLine, text.last == 0x0A { text.removeLast() }
    return document(trimmed: wasSeparated)
  }

  /// Line ends around a separator belong to the separator, not to the documents.
  private func document(trimmed: Bool) -> Document? {
    var slice = text[...]
    var line = start
    while trimmed, slice.first == 0x0A {
      slice = slice.dropFirst()
      line += 1
    }
    while trimmed, slice.last == 0x0A { slice = slice.dropLast() }
    guard slice.contains(where: { $0 > 0x20 }) else { return nil }
    return Document(line: line, text: String(decoding: slice, as: UTF8.self))
  }
}
