internal import AnnealFiles
public import AnnealText

extension ConversationEncoder {
  /// A SHA-256 of all that decides which ids a record has and which of them are learned: tokenizer,
  /// special tokens and templates.
  public var fingerprint: String {
    var digest = SHA256Digest.Running()
    func add(_ bytes: [UInt8]) {
      withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { digest.add(Array($0)) }
      digest.add(bytes)
    }
    add(tokenizer.source)
    let ends = [tokenizer.beginningOfText, tokenizer.endOfText].map { $0 ?? -1 }
    // A file beside the tokenizer may name more tokens, call some special, and put some around texts.
    let special = (0..<tokenizer.vocabularySize).filter { tokenizer.isSpecial($0) }
    let names = special.map { "\($0) \(tokenizer.token(of: $0) ?? "")" }
    let variables = variables.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.text())" }
    let texts = [
      template.source, toolTemplate?.source ?? "", variables.joined(separator: "\n"),
      names.joined(separator: "\n"), "\(tokenizer.vocabularySize) \(ends) \(endOfTurn.sorted())",
      "\(tokenizer.encode("a", addSpecialTokens: true))",
    ]
    for text in texts { add(Array(text.utf8)) }
    return digest.hex
  }
}
