/// How assistants decline, in several languages.
enum Refusals {
  /// Whether `answer`, of at most `longest` words, begins as assistants decline.
  static func declines(_ answer: String, longest: Int) -> Bool {
    let plain = answer.lowercased().replacing("’", with: "'")
    guard length(of: plain) <= longest else { return false }
    let start = String(plain.prefix(160))
    if phrases.contains(where: { start.contains($0) }) { return true }
    let first = start.drop { $0.isWhitespace || $0 == "\"" }
    if beginnings.contains(where: { first.hasPrefix($0) }) { return true }
    return pairs.contains { pair in
      pair.openings.contains { start.contains($0) } && pair.rest.contains { start.contains($0) }
    }
  }

  /// Words; of scripts without spaces two characters are about one.
  private static func length(of text: String) -> Int {
    let spaced = text.split(whereSeparator: \.isWhitespace).count
    let alone = text.unicodeScalars.count {
      $0.value >= 0x0E00 && WordHash.standsAlone($0.value)
    }
    return max(spaced, alone / 2)
  }

  /// What only those say who decline, in lower case.
  private static let phrases = [
    "as an ai language model", "as an ai model", "as an ai assistant, i",
    "i'm sorry, but i can't", "i'm sorry, but i cannot", "i am sorry, but i cannot",
    "i'm sorry, but i'm unable", "i'm sorry, i can't", "sorry, i can't", "i cannot assist with",
    "i can't assist with", "i cannot help with", "i can't help with", "i'm unable to assist",
    "i cannot fulfill", "i can't fulfill", "i am not able to provide", "i'm not able to provide",
    "i cannot provide", "i can't provide", "i do not have access to", "i don't have access to",
    "i must decline", "i won't be able to", "als ki-sprachmodell", "als ki-modell",
    "en tant que modèle de langage", "como modelo de lenguaje", "como modelo de linguagem",
    "come modello linguistico", "作为一个人工智能", "作为人工智能", "作为ai", "作为一个ai",
    "我无法回答", "我不能回答", "我无法提供", "我不能提供", "我无法协助", "我無法回答", "お答えできません",
    "お手伝いできません", "답변할 수 없습니다", "도와드릴 수 없습니다",
  ]

  /// With what an answer begins that declines; within a text others may say it.
  private static let beginnings = [
    "i cannot answer", "i can't answer", "i can not answer", "i'm unable to", "i am unable to",
    "i cannot comply", "i can't comply", "i cannot do that", "i can't do that", "i cannot discuss",
    "i can't discuss", "i'm not able to", "i am not able to", "no puedo responder",
    "no puedo ayudar", "je ne peux pas répondre", "je ne peux pas vous aider",
    "das kann ich nicht beantworten", "ich kann das nicht beantworten",
    "ich kann diese frage nicht", "ich kann dir dabei nicht", "ich kann ihnen dabei nicht",
  ]

  /// Words of regret, of which one stands with one of those that follow.
  private static let pairs: [(openings: [String], rest: [String])] = [
    (
      ["i'm sorry", "i am sorry", "i apologize", "unfortunately, i"],
      ["i can't answer", "i cannot answer", "unable to answer", "i can't do that", "can't comply"]
    ),
    (
      ["es tut mir leid", "tut mir leid", "entschuldigung", "leider"],
      [
        "kann ich nicht helfen", "nicht weiterhelfen", "kann ich nicht beantworten",
        "kann dir nicht helfen", "kann ihnen nicht helfen", "ich kann dir dabei nicht",
        "ich kann ihnen dabei nicht", "kann diese frage nicht", "nicht dabei helfen",
        "aber ich kann",
      ]
    ),
    (["désolé"], ["je ne peux pas", "je ne suis pas en mesure"]),
    (["lo siento"], ["no puedo"]),
    (["desculpe", "sinto muito", "lamento"], ["não posso", "não consigo"]),
    (["mi dispiace"], ["non posso", "non sono in grado"]),
    (["het spijt me", "sorry, maar"], ["kan ik niet", "kan je niet", "kan u niet"]),
    (["извините", "простите", "к сожалению"], ["я не могу"]),
    (["抱歉", "对不起", "對不起"], ["我无法", "我不能", "我無法", "不能帮", "无法帮", "无法为"]),
    (["申し訳"], ["できません", "いたしかねます"]),
    (["죄송"], ["없습니다", "어렵습니다"]),
  ]
}
