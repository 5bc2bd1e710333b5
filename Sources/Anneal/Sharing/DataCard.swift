public import AnnealFiles

/// Where the rows of a prepared set come from, and what was done with them.
///
/// Written beside the rows, as `card.json` for programs and `card.md` for people. A card of a file
/// that has one itself holds that too, so that a card tells the whole way from the first source.
/// Nothing in it depends on the time or the machine, and files are named without their folders.
public struct DataCard: Sendable {
  /// What was done, such as `split`.
  public var verb: String
  /// With what settings.
  public var settings: JSON
  /// What it came to.
  public var counts: JSON
  /// The files that were read.
  public var inputs: [String]
  /// The licence of the rows, when it was given; else what the files' folders say.
  public var license: String?

  /// A card.
  public init(
    verb: String, settings: JSON, counts: JSON, inputs: [String], license: String? = nil
  ) {
    self.verb = verb
    self.settings = settings
    self.counts = counts
    self.inputs = inputs
    self.license = license
  }

  /// Writes the card of the files `names` in `folder`: `card.json` and `card.md`.
  public func write(of names: [String], in folder: String) throws {
    try write(of: names.map { folder + "/" + $0 }, to: folder + "/card")
  }

  /// Writes the card of the file at `path` beside it: `rows.card.json` and `rows.card.md`.
  public func write(beside path: String) throws {
    try write(of: [path], to: SideFile.stem(of: path) + ".card")
  }

  private func write(of files: [String], to stem: String) throws {
    let json = try json(of: files)
    try AtomicFile.write(json.text(.pretty) + "\n", to: stem + ".json")
    try AtomicFile.write(DataCardText(json).text, to: stem + ".md")
  }

  private func json(of files: [String]) throws -> JSON {
    let sources = try inputs.map { path -> JSON in
      guard path != "/dev/stdin", Folder.holdsFile(path) else {
        return ["file": .string(path == "/dev/stdin" ? "standard input" : Folder.name(of: path))]
      }
      let facts = try Self.facts(of: path)
      let card = Self.card(of: path, sha256: facts["sha256"]?.string ?? "")
      // What a card says of its own sources is not guessed again.
      let own =
        license ?? (card == nil ? Licence(folder: Folder.parent(of: path) ?? ".").name : nil)
      return facts.setting("license", to: own.map { .string($0) } ?? .null)
        .setting("card", to: card ?? .null)
    }
    return [
      "anneal": .string(AnnealVersion.text), "license": license.map { .string($0) } ?? .null,
      "verb": .string(verb), "settings": settings, "counts": counts, "sources": .array(sources),
      "files": .array(try files.filter { Folder.holdsFile($0) }.map(Self.facts)),
    ]
  }

  private static func facts(of path: String) throws -> JSON {
    [
      "file": .string(Folder.name(of: path)), "bytes": .integer(Folder.fileBytes(path) ?? 0),
      "sha256": .string(try SHA256Digest.hex(ofFile: path)),
    ]
  }

  /// The card that tells of the very bytes at `path`; nil when there is none.
  private static func card(of path: String, sha256: String) -> JSON? {
    let folder = Folder.parent(of: path) ?? "."
    for place in [SideFile.card.path(beside: path), folder + "/card.json"] {
      guard let card = try? JSON(contentsOf: place),
        card["files"]?.array?.contains(where: { $0["sha256"]?.string == sha256 }) == true
      else { continue }
      return card
    }
    return nil
  }
}
