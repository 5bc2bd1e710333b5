internal import AnnealFiles

/// Reads the text of a template back, so that what is checked is what was written.
///
/// It knows the constructs that `GoTemplate` writes and refuses all others.
struct GoTemplateReader {
  private enum Piece {
    case text(String)
    case action(String)
  }

  private let pieces: [Piece]
  private var position = 0

  /// The template in `source`.
  static func read(_ source: String) throws -> GoTemplate {
    var reader = GoTemplateReader(pieces: try pieces(of: source))
    let (nodes, ending) = try reader.nodes()
    guard ending == nil else { throw fault("'\(ending ?? "")' without a beginning") }
    return GoTemplate(nodes: nodes)
  }

  private init(pieces: [Piece]) { self.pieces = pieces }

  private static func pieces(of source: String) throws -> [Piece] {
    var pieces: [Piece] = []
    var rest = Array(source.unicodeScalars)[...]
    func find(_ mark: Unicode.Scalar, _ part: ArraySlice<Unicode.Scalar>) -> Int? {
      part.indices.dropLast().first { part[$0] == mark && part[$0 + 1] == mark }
    }
    func text(_ part: ArraySlice<Unicode.Scalar>) -> String {
      String(String.UnicodeScalarView(part))
    }
    while let start = find("{", rest) {
      if start > rest.startIndex { pieces.append(.text(text(rest[..<start]))) }
      guard let end = find("}", rest[(start + 2)...]) else { throw fault("'{{' without '}}'") }
      pieces.append(.action(text(rest[(start + 2)..<end])))
      rest = rest[(end + 2)...]
    }
    if !rest.isEmpty { pieces.append(.text(text(rest))) }
    return pieces
  }

  /// Parts up to an `end` or `else`, which is returned, or to the end of the text.
  private mutating func nodes() throws -> ([GoTemplate.Node], String?) {
    var nodes: [GoTemplate.Node] = []
    while position < pieces.count {
      defer { position += 1 }
      guard case .action(let body) = pieces[position] else {
        if case .text(let text) = pieces[position] { nodes.append(.text(text)) }
        continue
      }
      let action = body.trimmedOfSpaces
      switch action {
      case "end", "else": return (nodes, action)
      case ".System": nodes.append(.system)
      case ".Content": nodes.append(.content)
      case "range $i, $_ := .Messages":
        nodes.append(.messages(try block(action)))
      case _ where action.hasPrefix("if "):
        nodes.append(try choice(String(action.dropFirst(3))))
      case _
      where action.first == "\"" && action.last == "\"" && action.count > 1
        && action.dropFirst().dropLast().allSatisfy({ $0 == "{" }):
        nodes.append(.text(String(action.dropFirst().dropLast())))
      default: throw Self.fault("'{{\(body)}}' is not known")
      }
    }
    return (nodes, nil)
  }

  private mutating func block(_ action: String) throws -> [GoTemplate.Node] {
    position += 1
    let (body, ending) = try nodes()
    guard ending == "end" else { throw Self.fault("'\(action)' without 'end'") }
    position -= 1
    return body
  }

  private mutating func choice(_ words: String) throws -> GoTemplate.Node {
    let condition: GoTemplate.Condition
    switch words {
    case ".System": condition = .hasSystem
    case "eq (len (slice $.Messages $i)) 1": condition = .isLast
    case _ where words.hasPrefix("eq .Role \"") && words.hasSuffix("\""):
      condition = .isRole(String(words.dropFirst(10).dropLast()))
    default: throw Self.fault("'if \(words)' is not known")
    }
    position += 1
    let (yes, ending) = try nodes()
    var no: [GoTemplate.Node] = []
    if ending == "else" {
      position -= 1
      no = try block("else")
    } else {
      guard ending == "end" else { throw Self.fault("'if \(words)' without 'end'") }
      position -= 1
    }
    return .choice(condition, yes, no)
  }

  private static func fault(_ message: String) -> AnnealError {
    AnnealError(.failed, "the Go template: \(message)")
  }
}

extension String {
  fileprivate var trimmedOfSpaces: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
