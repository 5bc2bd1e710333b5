internal import AnnealFiles

extension InstructionCheck {
  static let jsonFormat = InstructionCheck("detectable_format:json_format") { reply, _ in
    var text = reply.pythonStripped
    for fence in ["```json", "```Json", "```JSON", "```"] where text.hasPrefix(fence) {
      text.removeFirst(fence.count)
    }
    if text.hasSuffix("```") { text.removeLast(3) }
    return (try? JSON(parsing: text.pythonStripped)) != nil
  }

  static let repeatedPrompt = InstructionCheck("combination:repeat_prompt") { reply, arguments in
    arguments.text("prompt_to_repeat").map { prompt in
      reply.pythonStripped.lowercased().hasPrefix(prompt.pythonStripped.lowercased())
    }
  }

  static let endPhrase = InstructionCheck("startend:end_checker") { reply, arguments in
    var text = reply.pythonStripped
    while text.hasSuffix("\"") { text.removeLast() }
    return arguments.text("end_phrase").map { phrase in
      text.lowercased().hasSuffix(phrase.pythonStripped.lowercased())
    }
  }

  static let quotation = InstructionCheck("startend:quotation") { reply, _ in
    let text = reply.pythonStripped
    return text.count > 1 && text.hasPrefix("\"") && text.hasSuffix("\"")
  }
}
