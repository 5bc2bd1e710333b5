import AnnealFiles
import OrderedCollections
import TestSupport
import Testing

@testable import AnnealText

/// What the tables of the pinned version of Unicode say of every scalar, against what the package
/// `tokenizers` says.
///
/// The fixture holds checksums of the reference's answers to each question, for every 16,384 scalars,
/// and each answer in which its version of Unicode is another than the pinned one; it comes from
/// `scripts/make-unicode-tables.py --reference`.
@Suite struct UnicodeTests {
  private static let scalars = (0 as UInt32..<0x110000).compactMap(Unicode.Scalar.init)
  private static let blockSize = 0x4000

  @Test(arguments: ["space", "word", "decimal"])
  func `a class of patterns has the scalars that it has in Oniguruma`(_ name: String) throws {
    let pattern = try #require(["space": #"\s"#, "word": #"[\w]"#, "decimal": #"\d"#][name])
    try compare(name, matches([(String(name.prefix(1)), pattern)]))
  }

  @Test func `every scalar has the category that it has in Oniguruma`() throws {
    let names = GeneralCategories.order.map(\.name).filter { $0 != "Cs" }
    try compare("category", matches(names.map { ($0, "\\p{\($0)}") }))
  }

  @Test func `an expression without a scanner knows the same categories`() throws {
    // A group is nothing that a scanner reads.
    for name in ["L", "N", "C"] {
      let scanned = try matches([("x", "\\p{\(name)}")])
      #expect(try matches([("x", "(?:\\p{\(name)})")]) == scanned, "\\p{\(name)}")
      #expect(try matches([("x", "(?:[^\\P{\(name)}])")]) == scanned, "[^\\P{\(name)}]")
    }
  }

  @Test(arguments: ["NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents", "Strip"])
  func `a normalizer makes of every scalar what the reference makes of it`(_ name: String) throws {
    let normal = try normalizer(["type": .string(name)])
    try compare(name, Self.scalars.map { normal(String($0)) })
  }

  @Test func `decompositions are composed again as the reference composes them`() throws {
    let (decomposed, composed) = (
      try normalizer(["type": "NFD"]), try normalizer(["type": "NFC"])
    )
    try compare("composition", Self.scalars.map { composed(decomposed(String($0))) })
  }

  @Test func `marks are put into the reference's order`() throws {
    let normal = try normalizer(["type": "NFD"])
    try compare("order", Self.scalars.map { normal("a\u{35C}\u{316}\u{321}\($0)") })
  }

  @Test(arguments: ["clean_text", "strip_accents"])
  func `BERT's normalizer treats every scalar as the reference does`(_ flag: String) throws {
    var part: OrderedDictionary<String, JSON> = ["type": "BertNormalizer"]
    for name in ["clean_text", "handle_chinese_chars", "strip_accents", "lowercase"] {
      part[name] = .bool(name == flag)
    }
    let normal = try normalizer(.object(part))
    try compare("BertNormalizer \(flag)", Self.scalars.map { normal(String($0)) })
  }

  @Test(arguments: ["Punctuation", "BertPreTokenizer", "Digits", "Whitespace"])
  func `a pre-tokenizer cuts at the scalars at which the reference cuts`(_ name: String) throws {
    let cutter = try PreTokenizers.read(
      TokenizerPart(
        json: ["type": .string(name), "individual_digits": true], file: name, field: name))
    let answers = stride(from: 0, to: Self.scalars.count, by: Self.blockSize).flatMap { start in
      let block = Self.scalars[start..<min(start + Self.blockSize, Self.scalars.count)]
      let text = "a" + block.map { "\($0)a" }.joined()
      var cut = Self.normalized(text) { PieceText($0) }
      cutter.split(&cut)
      let starts = Set(cut.pieces.map(\.lowerBound))
      var covered = [Bool](repeating: false, count: text.utf8.count)
      for piece in cut.pieces { for place in piece { covered[place] = true } }
      var place = 1
      return block.map { scalar in
        defer { place += UTF8.width(scalar) + 1 }
        return !covered[place] ? "-" : starts.contains(place) ? "|" : "+"
      }
    }
    try compare(name, answers)
  }

  /// Compares answers, one for each scalar, with the reference's.
  private func compare(_ question: String, _ answers: [String]) throws {
    let json = try JSON(parsing: fileBytes(Fixture.path("unicode/reference.json")))
    let reference = try #require(json["questions"]?[question])
    let checksums = try #require(reference["checksums"]?.string).split(separator: " ")
    let differences = try #require(reference["differences"]?.object)
    var answers = answers
    for (code, answer) in differences {
      let value = try #require(UInt32(code, radix: 16))
      let index = Int(value < 0xD800 ? value : value - 0x800)
      let answer = try #require(answer.string)
      // What is listed differs; else the list tells lies.
      #expect(!answers[index].utf8.elementsEqual(answer.utf8), "\(question) U+\(code)")
      answers[index] = answer
    }
    #expect(checksums.count == 68)
    for (block, checksum) in checksums.enumerated() {
      let start = block * Self.blockSize
      let part = answers[start..<min(start + Self.blockSize, answers.count)]
      let found = Self.checksum(part)
      #expect(
        UInt32(checksum, radix: 16) == found, "\(question), from \(Self.scalars[start].value)")
    }
  }

  /// FNV-1a of 32 bits over the answers, each ended by a zero.
  private static func checksum(_ answers: ArraySlice<String>) -> UInt32 {
    answers.reduce(0x811C_9DC5) { sum, answer in
      (answer.utf8.reduce(sum) { ($0 ^ UInt32($1)) &* 0x0100_0193 }) &* 0x0100_0193
    }
  }

  /// For each scalar the names of the patterns that match it.
  private func matches(_ patterns: [(name: String, pattern: String)]) throws -> [String] {
    var answers = [String](repeating: "", count: Self.scalars.count)
    let text = Array(String(String.UnicodeScalarView(Self.scalars)).utf8)
    // Where scalars begin, in bytes.
    var indices = [Int32](repeating: -1, count: text.count)
    var place = 0
    for (index, scalar) in Self.scalars.enumerated() {
      indices[place] = Int32(index)
      place += UTF8.width(scalar)
    }
    for (name, pattern) in patterns {
      let split = try SplitPattern(
        TokenizerPart(json: ["pattern": ["Regex": .string(pattern)]], file: name, field: name))
      text.withUnsafeBufferPointer { text in
        for part in split.parts(of: text, in: 0..<text.count) where part.isMatch {
          answers[Int(indices[part.range.lowerBound])] += name
        }
      }
    }
    return answers
  }

  private func normalizer(_ json: JSON) throws -> (String) -> String {
    let normalizer = try Normalizers.read(
      TokenizerPart(json: json, file: "tokenizer.json", field: "normalizer"))
    return { text in
      var result = Self.normalized(text) { $0 }
      normalizer.normalize(&result)
      return String(decoding: result.bytes, as: UTF8.self)
    }
  }

  private static func normalized<Result>(
    _ text: String, _ body: (NormalizedText) -> Result
  ) -> Result {
    Array(text.utf8).withUnsafeBufferPointer {
      body(NormalizedText($0, 0..<$0.count, tracksSpans: false))
    }
  }
}
