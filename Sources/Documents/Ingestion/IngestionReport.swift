public import AnnealFiles

/// What was read, and what was not.
public struct IngestionReport: Sendable {
  /// What came of a file.
  public struct File: Sendable {
    /// What its rows call it.
    public var source: String
    /// Its kind; nil when it could not be read.
    public var kind: String?
    /// Its pages, when it has pages.
    public var pages: Int?
    /// How many chunks it gave.
    public var chunks = 0
    /// How many conversations it gave.
    public var conversations = 0
    /// The length of its chunks.
    public var size = 0
    /// How much was left out on purpose, by what it is.
    public var leftOut: [String: Int] = [:]
    /// What could not be used.
    public var problems: [AnnealError] = []
    /// What was used all the same.
    public var notes: [AnnealError] = []
  }

  /// The file of rows.
  public let output: String
  /// What chunks are measured in: `words` or `tokens`.
  public let unit: String
  /// The files, in the order of their rows.
  public internal(set) var files: [File] = []
  /// Where the problems are kept, when there were some.
  public internal(set) var sideFile: String?
  /// Files of folders that are no documents, by the ending of their names.
  public let passedOver: [String: Int]
  /// Links that were not followed.
  public let links: [AnnealError]

  init(output: String, unit: String, walk: InputWalk) {
    (self.output, self.unit) = (output, unit)
    (passedOver, links) = (walk.passedOver, walk.links)
  }

  /// Chunks and conversations.
  public var rows: Int { files.reduce(0) { $0 + $1.chunks + $1.conversations } }
  /// How many files gave rows.
  public var documents: Int { files.count { $0.chunks + $0.conversations > 0 } }
  /// How many parts could not be used.
  public var problems: Int { files.reduce(0) { $0 + $1.problems.count } }

  /// How much of the files was left out on purpose, by what it is.
  public var leftOut: [String: Int] {
    files.reduce(into: [:]) { all, file in all.merge(file.leftOut, uniquingKeysWith: +) }
  }

  /// The report as JSON.
  public var json: JSON {
    let sum = { (key: (File) -> Int) in JSON.integer(files.reduce(0) { $0 + key($1) }) }
    return [
      "output": .string(output), "documents": .integer(documents),
      "files_read": .integer(files.count),
      "pages": sum { $0.pages ?? 0 }, "chunks": sum(\.chunks),
      "conversations": sum(\.conversations),
      unit: sum(\.size), "problems": .integer(problems),
      "skipped": sideFile.map { .string($0) } ?? .null,
      "passed_over": Self.members(passedOver), "left_out": Self.members(leftOut),
      "files": .array(files.map(\.json)),
    ]
  }

  private static func members(_ counts: [String: Int]) -> JSON {
    JSON(members: counts.sorted { $0.key < $1.key }.map { ($0.key, .integer($0.value)) })
  }
}

extension IngestionReport.File {
  fileprivate var json: JSON {
    let told = { (errors: [AnnealError]) in
      JSON.array(
        errors.map { error in
          [
            "at": error.place.map { .string($0.description) } ?? .null,
            "problem": .string(error.message), "remedy": error.remedy.map { .string($0) } ?? .null,
          ]
        })
    }
    return [
      "source": .string(source), "kind": kind.map { .string($0) } ?? .null,
      "pages": pages.map { .integer($0) } ?? .null, "chunks": .integer(chunks),
      "conversations": .integer(conversations), "problems": told(problems), "notes": told(notes),
    ]
  }
}

extension IngestionReport: CustomStringConvertible {
  private static let shown = 20

  /// The report in words.
  public var description: String {
    var lines = [head]
    let kinds = Dictionary(grouping: files.filter { $0.kind != nil }, by: { $0.kind ?? "" })
    for (kind, files) in kinds.sorted(by: { $0.key < $1.key }) {
      lines.append(
        "  \(kind): \(Self.counted(files.count, "file")), "
          + Self.counted(files.reduce(0) { $0 + $1.chunks + $1.conversations }, "row"))
    }
    if !passedOver.isEmpty {
      lines.append("passed over, as no documents: " + Self.listed(passedOver))
    }
    if !leftOut.isEmpty { lines.append("left out of chats: " + Self.listed(leftOut)) }
    let told = links + files.flatMap { $0.notes }
    lines += Self.listed(told, "notes")
    lines += Self.listed(files.flatMap { $0.problems }, "problems")
    if let sideFile { lines.append("what could not be used is kept in \(sideFile)") }
    return lines.joined(separator: "\n")
  }

  private var head: String {
    let pages = files.reduce(0) { $0 + ($1.pages ?? 0) }
    let chunks = files.reduce(0) { $0 + $1.chunks }
    let conversations = files.reduce(0) { $0 + $1.conversations }
    let parts = [
      pages > 0 ? Self.counted(pages, "page") : nil,
      chunks > 0 ? Self.counted(chunks, "chunk") : nil,
      chunks > 0 ? "\(files.reduce(0) { $0 + $1.size }) \(unit)" : nil,
      conversations > 0 ? Self.counted(conversations, "conversation") : nil,
      problems > 0 ? Self.counted(problems, "problem") : nil,
    ]
    return "\(output): \(Self.counted(documents, "document")), "
      + parts.compactMap(\.self).joined(separator: ", ")
  }

  private static func listed(_ errors: [AnnealError], _ name: String) -> [String] {
    guard !errors.isEmpty else { return [] }
    let rest = errors.count > shown ? ["  … and \(errors.count - shown) more"] : []
    let texts = errors.prefix(shown).map { error in
      "  " + "\(error)".split(separator: "\n").joined(separator: "\n  ")
    }
    return ["\(name):"] + texts + rest
  }

  /// The largest of `counts` first.
  static func listed(_ counts: [String: Int]) -> String {
    counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(8)
      .map { "\($0.value) \($0.key)" }.joined(separator: ", ")
  }

  private static func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }
}
