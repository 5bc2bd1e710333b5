internal import AnnealFiles

/// The words of a teacher's answer.
struct TeacherReply {
  let text: String

  init(_ question: TeacherQuestionText, _ fate: TeacherServer.Fate) {
    let value =
      question.criteria.isEmpty
      ? Self.rows(question, isGrounded: fate != .ungrounded) : Self.grades(question)
    text = Self.spoken(value, question, fate)
  }

  private static func spoken(
    _ value: JSON, _ question: TeacherQuestionText, _ fate: TeacherServer.Fate
  ) -> String {
    let plain = value.text(.spaced)
    switch fate {
    case .fenced:
      return "Here you are:\n```json\n\(value.text(.pretty))\n```\nI hope this helps [1]."
    case .commas:
      return value.text(.pretty).replacing("\n}", with: ",\n}").replacing("\n]", with: ",\n]")
    case .alone: return value[0]?.text() ?? plain
    case .thoughts: return "<think>{\"question\": 1} or so?</think>\n\(plain)"
    case .malformedOnce where !question.isRepeat, .malformed:
      return String(plain.prefix(plain.count / 3)).replacing("}", with: "")
    case .refusedOnce where !question.isRepeat, .refused:
      return "I'm sorry, but I can't help with that."
    default: return plain
    }
  }

  /// Rows from the sentences of the material.
  private static func rows(_ question: TeacherQuestionText, isGrounded: Bool) -> JSON {
    let sentences = Self.sentences(of: question.materials.first ?? "")
    let rows = sentences.prefix(question.count).enumerated().map { index, sentence -> JSON in
      let isTrue = isGrounded || index > 0
      let words = sentence.split(whereSeparator: \.isWhitespace)
      let topic = words.prefix(5).joined(separator: " ")
      return [
        "question": .string("What is said of \"\(topic)\"?"),
        "answer": .string(words.joined(separator: " ") + "."),
        // Models mend line ends when they quote.
        "evidence": .string(
          isTrue ? words.joined(separator: " ") : "Nobody ever said this, \(topic)."),
        "difficulty": index == 0 ? "easy" : "medium",
      ]
    }
    return .array(rows)
  }

  private static func sentences(of text: String) -> [String] {
    text.split { ".?!".contains($0) }.map { String($0) }
      .filter { $0.split(whereSeparator: \.isWhitespace).count > 4 }
  }

  /// Grades: 5 for what stands in the source, less for what is short; votes differ by their seed.
  private static func grades(_ question: TeacherQuestionText) -> JSON {
    let materials = question.materials.map { text in
      text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
    let (source, reply) = (materials.first ?? "", materials.last ?? "")
    let isGrounded = materials.count > 1 && source.contains(reply.dropLast())
    let isShort = reply.split(separator: " ").count < 8
    return JSON(
      members: question.criteria.map { name in
        let grade =
          switch name {
          case "groundedness": isGrounded ? 5 : 2
          case "style": isShort ? 3 : 4 + question.seed % 2
          default: isShort ? 3 : 5
          }
        return (name, ["reason": .string("By its words: \(grade)."), "grade": .integer(grade)])
      })
  }
}
