internal import AnnealFiles
internal import Yams

/// YAML from files that anybody may have written: of bounded size, and without aliases, by which a few
/// hundred bytes become more values than any memory holds.
enum YAMLText {
  /// Bytes that are read at most.
  static let maximumBytes = 1 << 20

  /// The value that `text` holds; nil where there is none.
  ///
  /// - Throws: `AnnealError` of kind `recipe` with file and line.
  static func node(_ text: String, file: String, remedy: String) throws -> Yams.Node? {
    guard text.utf8.count <= maximumBytes else {
      throw AnnealError(
        .recipe,
        "the text has \(Amount.count(text.utf8.count)) bytes; at most "
          + "\(Amount.count(maximumBytes)) are read", at: .init(file: file))
    }
    var references = YAMLReferences()
    references.read(text)
    guard !references.mayGrow else { throw alias(nil, file: file) }
    do {
      // Nodes know their anchors only as long as the parser lives.
      let parser = try Parser(yaml: text)
      return try withExtendedLifetime(parser) {
        let node = try parser.singleRoot()
        if let node { try refuseAliases(in: node, file: file) }
        return node
      }
    } catch let error as YamlError {
      throw error.inFile(file, remedy: remedy)
    }
  }

  /// Refuses nodes that others can refer to, before what is in them is looked at: an alias is
  /// composed into the very node it refers to.
  private static func refuseAliases(in node: Yams.Node, file: String) throws {
    if node.anchor != nil { throw alias(node, file: file) }
    switch node {
    case .scalar, .alias: break
    case .sequence(let nodes): for node in nodes { try refuseAliases(in: node, file: file) }
    case .mapping(let pairs):
      for (key, value) in pairs {
        try refuseAliases(in: key, file: file)
        try refuseAliases(in: value, file: file)
      }
    }
  }

  /// What is said of an alias, or of the anchor that it refers to.
  static func alias(_ node: Yams.Node?, file: String) -> AnnealError {
    AnnealError(
      .recipe, "YAML anchors (&name) and aliases (*name) are not supported",
      at: .init(file: file, line: node?.mark?.line), remedy: "Write the value out.")
  }
}

/// The anchors and aliases that a text may hold; quoted ones are counted too, so that there may be
/// fewer.
///
/// Keys are compared while a text is composed, with all that aliases in them stand for, so that this
/// has to be known before.
private struct YAMLReferences {
  private var anchors: [String: Int] = [:]
  private var aliases: [String: Int] = [:]

  /// How many times as large as the text what is composed may be, at most.
  private static let largestGrowth = 256.0

  /// Counts what may be an anchor or an alias: a sign at the beginning of a word, and a name.
  mutating func read(_ text: String) {
    let bytes = Array(text.utf8)
    var index = 0
    while index < bytes.count {
      let sign = bytes[index]
      index += 1
      guard sign == UInt8(ascii: "&") || sign == UInt8(ascii: "*"),
        index < 2 || Self.endsWord(bytes[index - 2])
      else { continue }
      let end = bytes[index...].firstIndex { !Self.isInName($0) } ?? bytes.count
      guard end > index else { continue }
      let name = String(decoding: bytes[index..<end], as: UTF8.self)
      if sign == UInt8(ascii: "&") {
        anchors[name, default: 0] += 1
      } else {
        aliases[name, default: 0] += 1
      }
      index = end
    }
  }

  /// Whether the text can become many times as large.
  ///
  /// Every anchor's value is taken as often as there are aliases of it. A name that stands for one
  /// value after another makes most of them where each has its share of the aliases.
  var mayGrow: Bool {
    var growth = 1.0
    for (name, count) in aliases.sorted(by: { $0.key < $1.key }) {
      guard let values = anchors[name] else { continue }
      let share = 1 + Double(count) / Double(values)
      for _ in 0..<values {
        growth *= share
        if growth > Self.largestGrowth { return true }
      }
    }
    return false
  }

  private static func isInName(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  /// Whether a word may begin behind `byte`; line ends beyond ASCII are among those that do.
  private static func endsWord(_ byte: UInt8) -> Bool {
    byte <= 0x20 || byte >= 0x80 || "[]{},:?-".utf8.contains(byte)
  }
}
