/// The documents of a plain text file: the whole file is one, unless a line that reads exactly
/// `<|endoftext|>` stands between two.
struct TextDocuments {
  /// The line between documents.
  static let separator = "<|endoftext|>"

  private(set) var documents: [(line: Int, text: String)] = []

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    var lines = Lines(bytes)
    var start = 1
    var text: [UInt8] = []
    var wasSeparated = false
    while let line = lines.next() {
      if line.bytes.elementsEqual(Self.separator.utf8) {
        append(text, line: start, trimmed: true)
        (text, start, wasSeparated) = ([], line.number + 1, true)
      } else {
        text += line.bytes
        text.append(0x0A)
      }
    }
    if bytes.last != 0x0A, text.last == 0x0A { text.removeLast() }
    append(text, line: start, trimmed: wasSeparated)
  }

  /// Line ends around a separator belong to the separator, not to the documents.
  private mutating func append(_ text: [UInt8], line: Int, trimmed: Bool) {
    var slice = text[...]
    var line = line
    while trimmed, slice.first == 0x0A {
      slice = slice.dropFirst()
      line += 1
    }
    while trimmed, slice.last == 0x0A { slice = slice.dropLast() }
    guard slice.contains(where: { $0 > 0x20 }) else { return }
    documents.append((line, String(decoding: slice, as: UTF8.self)))
  }
}
