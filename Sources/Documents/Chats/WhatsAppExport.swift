internal import AnnealFiles

/// Chats of WhatsApp, as its "Export chat" writes them.
public enum WhatsAppExport: DocumentKind {
  /// `whatsapp`.
  public static let name = "whatsapp"
  /// None of its own: what is in a text decides.
  public static let endings: [String] = []

  /// Texts whose first lines begin with a date, a time and a name.
  public static func matches(_ file: DocumentFile) -> Bool {
    guard PlainText.endings.contains(file.ending), !file.isBinary else { return false }
    let lines = file.start.split(separator: "\n").prefix(20)
    return lines.count(where: { WhatsAppLine($0) != nil }) * 2 > lines.count
  }

  /// What people wrote; notes of the program and pictures that are not in it are counted and left
  /// out.
  ///
  /// How dates are written depends on the telephone, so that times cannot be told for sure and are
  /// left out.
  public static func read(
    _ file: DocumentFile, _ settings: ReadingSettings
  ) async throws -> Document {
    var document = Document()
    let text = try file.text(notes: &document.notes)
    var chat = ChatPassages()
    var open: (name: String, text: String)?
    func end() {
      guard let (name, text) = open else { return }
      guard !WhatsAppLine.isLeftOut(text) else {
        document.leftOut["messages without text", default: 0] += 1
        return
      }
      chat.add(text, by: name, at: nil, section: [])
    }
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if let message = WhatsAppLine(line) {
        end()
        open = message.name.map { ($0, message.text) }
        if message.name == nil { document.leftOut["notes of WhatsApp", default: 0] += 1 }
      } else if open != nil {
        open?.text += "\n" + line.filter { $0 != "\u{200E}" }
      }
    }
    end()
    document.passages = chat.passages
    return document
  }
}

/// A line that begins a message: `31/12/20, 22:15 - Ann: Hello`, `[31.12.20, 22:15:30] Ann: Hello`.
struct WhatsAppLine {
  /// Who wrote it; nil for notes of the program.
  let name: String?
  let text: String

  init?(_ line: some StringProtocol) {
    let clean = line.map { $0 == "\u{202F}" || $0 == "\u{A0}" ? " " : $0 }.filter {
      $0 != "\u{200E}"
    }
    var rest = String(clean)[...]
    let isBracketed = rest.first == "["
    if isBracketed { rest = rest.dropFirst() }
    let date = rest.prefix { $0.isNumber || "/.-".contains($0) }
    guard date.count >= 6, date.count(where: { "/.-".contains($0) }) == 2 else { return nil }
    rest = rest.dropFirst(date.count).drop { $0 == "," || $0 == " " }
    let time = rest.prefix { $0.isNumber || $0 == ":" || $0 == "." }
    guard time.count >= 4, time.contains(where: { $0 == ":" || $0 == "." }) else { return nil }
    rest = rest.dropFirst(time.count)
    guard let end = rest.firstRange(of: isBracketed ? "] " : " - "),
      rest.distance(from: rest.startIndex, to: end.lowerBound) <= 6
    else { return nil }
    rest = rest[end.upperBound...]
    guard let colon = rest.prefix(80).firstRange(of: ": ") else {
      (name, text) = (nil, String(rest))
      return
    }
    name = String(rest[..<colon.lowerBound])
    text = String(rest[colon.upperBound...])
  }

  /// Whether `text` stands for something that was not exported, or was taken back.
  static func isLeftOut(_ text: String) -> Bool {
    let text = text.trimmed
    return text.hasPrefix("<") && text.hasSuffix(">") && !text.contains("\n")
      || ["This message was deleted", "You deleted this message"].contains { text.hasPrefix($0) }
      || text == "null"
  }
}
