public import AnnealFiles
internal import OrderedCollections

/// A part of a document of a size that a model can be shown, with where it comes from.
public struct Chunk: Sendable {
  /// The text.
  public var text: String
  /// The headings that all of it stands under, outermost first.
  public var section: [String] = []
  /// The first and the last page it stands on.
  public var pages: ClosedRange<Int>?
  /// From when to when it is said, seconds.
  public var time: ClosedRange<Double>?
  /// Who speaks in it, in the order of their first words.
  public var speakers: [String] = []
  /// Its length, in the unit that chunks are measured in.
  public var size = 0

  /// The chunk as a row of the document called `source`.
  ///
  /// - Parameters:
  ///   - repeated: how many chunks of the same document said the same before.
  ///   - fields: members that every row of the document has.
  public func row(source: String, repeated: Int = 0, fields: [(String, JSON)] = []) -> JSON {
    let hash = SHA256Digest.hex(of: text)
    var members: [(String, JSON)] = [("text", .string(text)), ("source", .string(source))]
    if let pages {
      members.append(("page", .integer(pages.lowerBound)))
      if pages.count > 1 { members.append(("last_page", .integer(pages.upperBound))) }
    }
    if let time {
      members.append(("start", .number(time.lowerBound)))
      members.append(("end", .number(time.upperBound)))
    }
    if !section.isEmpty { members.append(("section", .array(section.map(JSON.string)))) }
    if !speakers.isEmpty { members.append(("speakers", .array(speakers.map(JSON.string)))) }
    members += fields
    members.append(("hash", .string(hash)))
    members.append(("id", .string(RowIdentity.of(source, hash, repeated))))
    return JSON(members: members)
  }
}

/// What names a row: the same document, saying the same, gives the same name, whatever stands around.
enum RowIdentity {
  static func of(_ source: String, _ hash: String, _ repeated: Int) -> String {
    String(SHA256Digest.hex(of: "\(source)\u{0}\(hash)\u{0}\(repeated)").prefix(16))
  }
}
