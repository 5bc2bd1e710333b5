internal import AnnealFiles

/// Rows of every kind, from the sentences of the material.
struct TeacherRows {
  private let question: TeacherQuestionText
  private let isGrounded: Bool

  init(_ question: TeacherQuestionText, isGrounded: Bool) {
    (self.question, self.isGrounded) = (question, isGrounded)
  }

  /// The list of them.
  var value: JSON { .array(rows) }

  private var rows: [JSON] {
    if question.asks(for: "label") { return labelled }
    if question.asks(for: "instruction"), !question.asks(for: "summary") { return tasks }
    return sentences.prefix(question.count).enumerated().map { index, sentence in
      let words = sentence.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      let topic = words.split(separator: " ").prefix(5).joined(separator: " ")
      // Models mend line ends when they quote.
      let quote = isGrounded || index > 0 ? words : "Nobody ever said this, \(topic)."
      return row(words, topic, .string(quote), index)
    }
  }

  private func row(_ words: String, _ topic: String, _ quote: JSON, _ index: Int) -> JSON {
    let (ask, answer) = (JSON.string("What is said of \"\(topic)\"?"), JSON.string(words + "."))
    if question.asks(for: "messages") {
      return [
        "messages": [
          ["role": "user", "content": ask], ["role": "assistant", "content": answer],
          ["role": "user", "content": "Is that so?"],
          ["role": "assistant", "content": "Yes, it is."],
        ], "evidence": [quote],
      ]
    }
    if question.asks(for: "summary") {
      return [
        "instruction": .string("Sum up what is said of \(topic)."), "summary": answer,
        "evidence": [quote],
      ]
    }
    if question.asks(for: "chosen") {
      return [
        "prompt": ask, "chosen": answer, "rejected": .string("Nothing is said of \(topic)."),
        "flaw": "a wrong fact", "evidence": quote,
      ]
    }
    return [
      "question": ask, "answer": answer, "evidence": quote,
      "difficulty": index == 0 ? "easy" : "medium",
    ]
  }

  /// Texts of the classes that are wanted, in their order.
  private var labelled: [JSON] {
    let start = question.first.firstRange(of: "in this order: ")?.upperBound
    let names =
      start.map { question.first[$0...].prefix { $0 != "." }.split(separator: ", ") } ?? []
    return zip(names, sentences + sentences).map { name, sentence in
      let words = sentence.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      return [
        "text": .string("\(name): \(words)"), "label": .string(isGrounded ? String(name) : "odd"),
      ]
    }
  }

  /// New tasks, the first of which is one that was shown where the answer is to be no good.
  private var tasks: [JSON] {
    let number = question.firstHash(7)
    return (0..<question.count).map { index in
      let new = words(number &+ UInt64(index) &* 0x9E37_79B9_7F4A_7C15)
      let shown = question.materials.first ?? ""
      return [
        "instruction": .string(isGrounded || index > 0 ? new : shown), "input": "",
        "output": .string("Done: \(new)"),
      ]
    }
  }

  /// Words that a number spells.
  private func words(_ number: UInt64) -> String {
    let verbs = ["List", "Explain", "Compare", "Rewrite", "Translate", "Count", "Sort", "Name"]
    let things = ["rivers", "verbs", "sums", "letters", "recipes", "laws", "birds", "tools"]
    let manners = [
      "briefly", "in rhyme", "as a table", "by age", "by size", "twice", "in French", "",
    ]
    let pick = { (list: [String], shift: UInt64) in list[Int(number >> shift & 7)] }
    return
      "\(pick(verbs, 5)) the \(pick(things, 11)) of \(pick(things, 17)) \(pick(manners, 23)) "
      + "for number \(number >> 40)"
  }

  private var sentences: [String] {
    (question.materials.last ?? "").split { ".?!".contains($0) }.map { String($0) }
      .filter { $0.split(whereSeparator: \.isWhitespace).count > 4 }
  }
}
