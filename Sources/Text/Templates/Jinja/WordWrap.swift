extension Filters {
  static let wordWrap: Filter = { value, arguments, renderer in
    let values = try arguments.bound(
      "width", "break_long_words", "wrapstring", "break_on_hyphens", to: "wordwrap")
    guard let text = value.text else { throw Fault("wordwrap needs a string") }
    guard let width = values[0].map(\.whole) ?? 79 else {
      throw Fault("wordwrap needs a whole number")
    }
    let mark = values[2].flatMap { $0.isNone ? nil : $0 } ?? .string("\n")
    let wrap = WordWrap(
      width: width, breaksWords: values[1]?.isTrue ?? true, breaksHyphens: values[3]?.isTrue ?? true
    )
    // For every character there are a number and, at worst, a piece of its own.
    try renderer.work.charge(4 * Work.element, times: text.utf8.count)
    let lines = PythonText.lines(text)
    guard width > 0 || lines.isEmpty else { throw Fault("wordwrap needs a width of at least 1") }
    var writer = TextWriter(renderer.work)
    try writer.write(
      lines.map { wrap.lines($0).joined(separator: "\n") }, separator: "\n")
    // The lines themselves hold no line ends.
    let wrapped = writer.text
    return .string(
      try PythonText.replacing(
        "\n", with: try mark.printed(renderer.work), in: wrapped, within: renderer.work))
  }
}

/// Python's `textwrap`, as Jinja's filter asks for it.
struct WordWrap {
  let width: Int
  let breaksWords: Bool
  let breaksHyphens: Bool

  func lines(_ text: String) -> [String] {
    var chunks = Array(chunks(Array(text.unicodeScalars)).reversed())
    var lines: [String] = []
    while let first = chunks.last {
      if !lines.isEmpty, first.allSatisfy(PythonText.isSpace) { chunks.removeLast() }
      var line: [ArraySlice<Unicode.Scalar>] = []
      var length = 0
      while let chunk = chunks.last, chunk.count <= width - length {
        line.append(chunk)
        length += chunk.count
        chunks.removeLast()
      }
      if let chunk = chunks.last, chunk.count > width {
        if breaksWords {
          let end = chunk.startIndex + breakPoint(chunk, room: width - length)
          line.append(chunk[..<end])
          chunks[chunks.count - 1] = chunk[end...]
        } else if line.isEmpty {
          line.append(chunk)
          chunks.removeLast()
        }
      }
      if let last = line.last, last.allSatisfy(PythonText.isSpace) { line.removeLast() }
      if !line.isEmpty { lines.append(String(String.UnicodeScalarView(line.joined()))) }
    }
    return lines
  }

  /// How much of a word that is too long stays on the line.
  private func breakPoint(_ chunk: ArraySlice<Unicode.Scalar>, room: Int) -> Int {
    if breaksHyphens, chunk.count > room, let hyphen = chunk.prefix(room).lastIndex(of: "-"),
      chunk[..<hyphen].contains(where: { $0 != "-" })
    {
      return hyphen + 1 - chunk.startIndex
    }
    return room
  }

  private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    (0x09...0x0D).contains(scalar.value) || scalar == " "
  }
  private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "_" || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
  }
  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    isWord(scalar) && scalar.properties.numericType != .decimal
  }
  private static func endsWord(_ scalar: Unicode.Scalar) -> Bool {
    isWord(scalar) || "!\"'&.,?".unicodeScalars.contains(scalar)
  }

  /// The pieces between which a line may end: space, words, parts of hyphenated words, dashes.
  private func chunks(_ text: [Unicode.Scalar]) -> [ArraySlice<Unicode.Scalar>] {
    // Where the run of hyphens ends that each place is in.
    var runEnd = Array(text.indices)
    for index in text.indices.reversed() where text[index] == "-" {
      runEnd[index] =
        index + 1 < text.count && text[index + 1] == "-" ? runEnd[index + 1] : index + 1
    }
    func isDash(_ index: Int) -> Bool {
      guard index > 0, text[index] == "-", Self.endsWord(text[index - 1]) else { return false }
      let end = runEnd[index]
      return end - index >= 2 && end < text.count && Self.isWord(text[end])
    }
    func isHyphen(_ index: Int, from start: Int) -> Bool {
      func letter(_ place: Int) -> Bool {
        text.indices.contains(place) && Self.isLetter(text[place])
      }
      guard text[index] == "-" else { return false }
      let follows =
        (letter(index - 1) && letter(index - 2))
        || (index >= 3 && letter(index - 3) && text[index - 2] == "-"
          && Self.endsWord(text[index - 1]))
      let next = index + 1 < text.count && letter(index + 1)
      let then = index + 2 < text.count && text[index + 2] == "-" ? index + 3 : index + 2
      return follows && next && letter(then)
    }
    var chunks: [ArraySlice<Unicode.Scalar>] = []
    var start = 0
    while start < text.count {
      var end = start + 1
      if Self.isSpace(text[start]) {
        while end < text.count, Self.isSpace(text[end]) { end += 1 }
      } else if breaksHyphens, isDash(start) {
        end = runEnd[start]
      } else {
        while end < text.count, !Self.isSpace(text[end]) {
          if breaksHyphens, isHyphen(end, from: start) {
            end += 1
            break
          }
          if breaksHyphens, isDash(end) { break }
          end += 1
        }
      }
      chunks.append(text[start..<end])
      start = end
    }
    return chunks
  }
}
