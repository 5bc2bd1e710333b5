internal import AnnealFiles

extension InstructionCheck {
  /// Sentences end with `.`, `!` or `?`, perhaps quoted, before white space or the end.
  static let sentences = InstructionCheck("length_constraints:number_sentences") {
    reply, arguments in
    let pieces = reply.pythonStripped.split(by: #"(?<=[.!?])["')\]]*\s+"#)
    return arguments.holds(pieces.count { !$0.pythonStripped.isEmpty }, "num_sentences")
  }

  /// Paragraphs that stand apart by `***`.
  static let paragraphs = InstructionCheck("length_constraints:number_paragraphs") {
    reply, arguments in
    guard let wanted = arguments.count("num_paragraphs") else { return nil }
    return parts(reply.split(by: #"\s?\*\*\*\s?"#)).map { $0.count == wanted } ?? false
  }

  static let firstWordOfParagraph = InstructionCheck(
    "length_constraints:nth_paragraph_first_word"
  ) { reply, arguments in
    guard let wanted = arguments.count("num_paragraphs"),
      let number = arguments.count("nth_paragraph"), let word = arguments.text("first_word")
    else { return nil }
    let paragraphs = reply.components(by: "\n\n")
    let count = paragraphs.count { !$0.pythonStripped.isEmpty }
    guard number >= 1, number <= count, count == wanted,
      let first = PythonSpace.words(of: paragraphs[number - 1]).first
    else { return false }
    let plain = first.drop { $0 == "'" || $0 == "\"" }.prefix { !".,?!'\"".contains($0) }
    return plain.lowercased() == word.lowercased()
  }

  static let placeholders = InstructionCheck("detectable_content:number_placeholders") {
    reply, arguments in
    arguments.count("num_placeholders").map { reply.count(of: #"\[.*?\]"#) >= $0 }
  }

  static let postscript = InstructionCheck("detectable_content:postscript") { reply, arguments in
    guard let marker = arguments.text("postscript_marker")?.pythonStripped else { return nil }
    let pattern =
      switch marker {
      case "P.P.S": #"(?m)\s*p\.\s?p\.\s?s.*$"#
      case "P.S.": #"(?m)\s*p\.\s?s\..*$"#
      default: "(?m)\\s*\(marker.lowercased()).*$"
      }
    return reply.lowercased().count(of: pattern) > 0
  }

  static let bullets = InstructionCheck("detectable_format:number_bullet_lists") {
    reply, arguments in
    let stars = reply.count(of: #"(?m)^\s*\*[^\*].*$"#)
    return arguments.count("num_bullets").map { stars + reply.count(of: #"(?m)^\s*-.*$"#) == $0 }
  }

  static let constrainedResponse = InstructionCheck("detectable_format:constrained_response") {
    reply, _ in
    ["yes", "no", "maybe"].contains { reply.contains("My answer is \($0).") }
  }

  static let highlights = InstructionCheck("detectable_format:number_highlighted_sections") {
    reply, arguments in
    let found = reply.found(#"\*[^\n\*]*\*"#) + reply.found(#"\*\*[^\n\*]*\*\*"#)
    let count = found.count { !$0.filter { $0 != "*" }.pythonStripped.isEmpty }
    return arguments.count("num_highlights").map { count >= $0 }
  }

  static let sections = InstructionCheck("detectable_format:multiple_sections") {
    reply, arguments in
    guard let name = arguments.text("section_spliter")?.pythonStripped,
      let wanted = arguments.count("num_sections")
    else { return nil }
    return reply.split(by: "\\s?\(name)\\s?\\d+\\s?").count - 1 >= wanted
  }

  static let title = InstructionCheck("detectable_format:title") { reply, _ in
    reply.found(#"<<[^\n]+>>"#).contains { title in
      !title.filter { $0 != "<" && $0 != ">" }.pythonStripped.isEmpty
    }
  }

  /// What stands between marks; one that is empty may stand at either end only.
  private static func parts(_ pieces: [String]) -> [String]? {
    for (index, piece) in pieces.enumerated() where piece.pythonStripped.isEmpty {
      guard index == 0 || index == pieces.count - 1 else { return nil }
    }
    return pieces.filter { !$0.pythonStripped.isEmpty }
  }

  static let twoResponses = InstructionCheck("combination:two_responses") { reply, _ in
    guard let parts = parts(reply.components(by: "******")), parts.count == 2 else { return false }
    return parts[0].pythonStripped != parts[1].pythonStripped
  }
}
