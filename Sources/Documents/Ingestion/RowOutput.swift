internal import AnnealFiles
internal import OrderedCollections

/// The file that rows are written to; it gets its name when all are there.
final class RowOutput {
  private let path: String
  private let file: PartialFile
  private var isFinished = false
  private var first: (source: String, isConversation: Bool)?

  init(_ path: String) throws {
    self.path = path
    let folder = Folder.parent(of: path) ?? "."
    file = try PartialFile(
      path: "\(folder)/.\(Folder.name(of: path)).partial-\(UInt64.random(in: 0 ... .max))")
  }

  deinit { if !isFinished { try? Folder.remove(file.path) } }

  /// Writes the rows of a document, and counts them in `report`.
  func write(
    _ reading: Ingestion.Reading, of source: String, to report: inout IngestionReport.File
  ) throws {
    let document = reading.document
    var said: [String: Int] = [:]
    for chunk in reading.chunks {
      try check(source, isConversation: false)
      let repeated = said[chunk.text, default: 0]
      said[chunk.text] = repeated + 1
      try append(chunk.row(source: source, repeated: repeated, fields: document.fields))
      report.size += chunk.size
    }
    for conversation in document.conversations {
      try check(source, isConversation: true)
      let text = JSON.array(conversation.messages).text()
      let repeated = said[text, default: 0]
      said[text] = repeated + 1
      try append(conversation.row(source: source, repeated: repeated, fields: document.fields))
    }
    report.chunks = reading.chunks.count
    report.conversations = document.conversations.count
    report.pages = document.pages
    report.notes = document.notes
    report.leftOut = document.leftOut
  }

  private func check(_ source: String, isConversation: Bool) throws {
    guard let first else {
      self.first = (source, isConversation)
      return
    }
    guard first.isConversation != isConversation else { return }
    let (log, text) = isConversation ? (source, first.source) : (first.source, source)
    throw AnnealError(
      .usage,
      "\(log) holds conversations with a model and \(text) holds text; a file of rows has "
        + "rows of one form", at: .init(file: path),
      remedy: "Ingest the two apart, each with an --output of its own.")
  }

  private func append(_ row: JSON) throws {
    try Array((row.text(.spaced) + "\n").utf8).withUnsafeBytes { try file.append($0) }
  }

  /// Gives the file its name.
  func finish() throws {
    try file.move(to: path)
    isFinished = true
  }
}

extension LoggedConversation {
  /// The conversation as a row of the log called `source`.
  func row(source: String, repeated: Int, fields: [(String, JSON)]) -> JSON {
    let hash = SHA256Digest.hex(of: JSON.array(messages).text())
    var members: [(String, JSON)] = [("messages", .array(messages))]
    if let tools { members.append(("tools", tools)) }
    members.append(("source", .string(source)))
    if let line { members.append(("line", .integer(line))) }
    members += fields
    members.append(("hash", .string(hash)))
    members.append(("id", .string(RowIdentity.of(source, hash, repeated))))
    return JSON(members: members)
  }
}
