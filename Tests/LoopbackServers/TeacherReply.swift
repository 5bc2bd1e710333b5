internal import AnnealFiles

/// The words of a teacher's answer.
struct TeacherReply {
  let text: String

  init(_ question: TeacherQuestionText, _ fate: TeacherServer.Fate) {
    let value =
      !question.criteria.isEmpty
      ? Self.grades(question)
      : question.edited.isEmpty
        ? TeacherRows(question, isGrounded: fate != .ungrounded).value : Self.mended(question)
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

  /// Texts without double spaces, and with their commonest slip mended.
  private static func mended(_ question: TeacherQuestionText) -> JSON {
    JSON(
      members: question.edited.map { name, text in
        let words = text.split(separator: " ").map { $0 == "teh" ? "the" : $0 }
        return (name, .string(words.joined(separator: " ")))
      })
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
