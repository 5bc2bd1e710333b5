internal import AnnealFiles

extension InstructionCheck {
  static let keywordsExist = InstructionCheck("keywords:existence") { reply, arguments in
    arguments.texts("keywords")?.allSatisfy { reply.count(of: "(?i)" + $0) > 0 }
  }

  static let keywordFrequency = InstructionCheck("keywords:frequency") { reply, arguments in
    arguments.text("keyword").flatMap { keyword in
      arguments.holds(reply.count(of: "(?i)" + keyword.pythonStripped), "frequency")
    }
  }

  static let forbiddenWords = InstructionCheck("keywords:forbidden_words") { reply, arguments in
    arguments.texts("forbidden_words")?.allSatisfy { reply.count(of: "(?i)\\b\($0)\\b") == 0 }
  }

  static let letterFrequency = InstructionCheck("keywords:letter_frequency") { reply, arguments in
    guard let letter = arguments.text("letter")?.lowercased().first else { return nil }
    let count = reply.lowercased().count { $0 == letter }
    return arguments.holds(count, "let_frequency", relation: "let_relation")
  }

  static let words = InstructionCheck("length_constraints:number_words") { reply, arguments in
    arguments.holds(reply.count(of: "\\w+"), "num_words")
  }

  static let capitalWords = InstructionCheck("change_case:capital_word_frequency") {
    reply, arguments in
    let capitals = reply.found("\\w+").count { word in
      word.contains(where: \.isUppercase) && !word.contains(where: \.isLowercase)
    }
    return arguments.holds(capitals, "capital_frequency", relation: "capital_relation")
  }

  static let allCapitals = InstructionCheck("change_case:english_capital") { reply, _ in
    reply.contains(where: \.isUppercase) && !reply.contains(where: \.isLowercase)
  }

  static let allLowercase = InstructionCheck("change_case:english_lowercase") { reply, _ in
    reply.contains(where: \.isLowercase) && !reply.contains(where: \.isUppercase)
  }

  static let noComma = InstructionCheck("punctuation:no_comma") { reply, _ in
    !reply.contains(",")
  }
}
