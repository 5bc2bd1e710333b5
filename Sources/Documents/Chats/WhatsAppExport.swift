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
  /// How dates are written depends on the telephone; where the whole chat does not tell it, there are
  /// no times. They are those of the phone's clock, read as UTC.
  public static func read(
    _ file: DocumentFile, _ settings: ReadingSettings
  ) async throws -> Document {
    var document = Document()
    let text = try file.text(notes: &document.notes)
    var messages: [(line: WhatsAppLine, text: String)] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if let begun = WhatsAppLine(line) {
        messages.append((begun, begun.text))
      } else if !messages.isEmpty {
        messages[messages.count - 1].text += "\n" + line.filter { $0 != "\u{200E}" }
      }
    }
    let dates = WhatsAppDates(messages.map(\.line.stamp))
    if dates.order == nil, !messages.isEmpty {
      document.notes.append(
        AnnealError(
          .data,
          "whether days or months come first in the dates cannot be told; rows have no times",
          at: file.place()))
    }
    var chat = ChatPassages()
    for (line, text) in messages {
      guard let name = line.name else {
        document.leftOut["notes of WhatsApp", default: 0] += 1
        continue
      }
      let (words, omitted) = WhatsAppLine.withoutMedia(text)
      guard !WhatsAppLine.isLeftOut(words) else {
        document.leftOut["messages without text", default: 0] += 1
        continue
      }
      if omitted > 0 { document.leftOut["pictures and files", default: 0] += omitted }
      chat.add(words, by: name, at: dates.seconds(line.stamp), section: [])
    }
    document.passages = chat.passages
    return document
  }
}

/// A line that begins a message: `31/12/20, 22:15 - Ann: Hello`, `[31.12.20, 22:15:30] Ann: Hello`.
struct WhatsAppLine {
  /// Who wrote it; nil for notes of the program.
  let name: String?
  let text: String
  /// The numbers of its date and time.
  let stamp: WhatsAppStamp

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
    guard let stamp = WhatsAppStamp(date, time, half: rest[..<end.lowerBound]) else { return nil }
    self.stamp = stamp
    rest = rest[end.upperBound...]
    guard let colon = rest.prefix(80).firstRange(of: ": ") else {
      (name, text) = (nil, String(rest))
      return
    }
    name = String(rest[..<colon.lowerBound])
    text = String(rest[colon.upperBound...])
  }

  /// What stands in angle brackets for something that was not exported, or says that a message was
  /// changed.
  private static let marks: Set<String> = [
    "media omitted", "image omitted", "video omitted", "audio omitted", "sticker omitted",
    "gif omitted", "document omitted", "contact card omitted", "video note omitted",
    "medien ausgeschlossen", "médias omis", "multimedia omitido", "media omessi",
    "mídia oculta", "this message was edited", "diese nachricht wurde bearbeitet",
  ]

  /// `text` without such marks, and how many there were.
  static func withoutMedia(_ text: String) -> (text: String, count: Int) {
    var kept = ""
    var count = 0
    var rest = text[...]
    while let open = rest.firstIndex(of: "<"), let close = rest[open...].firstIndex(of: ">") {
      let mark = rest[rest.index(after: open)..<close].lowercased()
      guard marks.contains(mark) || mark.hasPrefix("attached: ") else {
        kept += rest[...open]
        rest = rest[rest.index(after: open)...]
        continue
      }
      kept += rest[..<open]
      if !mark.contains("edited"), !mark.contains("bearbeitet") { count += 1 }
      rest = rest[rest.index(after: close)...]
    }
    return ((kept + rest).trimmed, count)
  }

  /// Whether `text` says nothing, or stands for something that was not exported or was taken back.
  static func isLeftOut(_ text: String) -> Bool {
    let text = text.trimmed
    return text.isEmpty || text.hasPrefix("<") && text.hasSuffix(">") && !text.contains("\n")
      || ["This message was deleted", "You deleted this message"].contains { text.hasPrefix($0) }
      || text == "null"
  }
}
