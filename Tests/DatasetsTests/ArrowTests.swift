import AnnealFiles
import Foundation
import TestSupport
import Testing

@testable import AnnealDatasets

/// Parquet and Arrow files against what the Python package says of the same rows.
///
/// What needs the bridge is left out where it is not installed, or is an older one (make setup-arrow):
/// nobody has to fetch libarrow to test the rest.
@Suite struct ArrowTests {
  private static let expected = Fixture.path("arrow/rows.jsonl")

  static var isInstalled: Bool {
    let error = failure { _ = try RowReader(path: Fixture.path("arrow/rows.parquet")).rows() }
    return error?.message.contains("the bridge to libarrow") != true
  }

  private func fields(_ path: String) throws -> [JSON] {
    try RowReader(path: path).rows().map(\.fields)
  }

  @Test(
    .enabled(if: isInstalled, "the bridge to libarrow is not installed: make setup-arrow"),
    arguments: [("rows.parquet", 0), ("rows.arrow", 0), ("rows.stream.arrow", 3)])
  func `columns, nested ones too, become the rows that Python sees`(
    name: String, first: Int
  ) throws {
    let path = Fixture.path("arrow/" + name)
    let rows = try RowReader(path: path).rows()
    #expect(rows.map(\.fields) == Array(try fields(Self.expected)[first...]))
    #expect(rows.map(\.line) == Array(1...rows.count))
    let contents = try RowReader(path: path).contents()
    #expect(contents.kind == (name == "rows.parquet" ? .parquet : .arrow))
  }

  @Test(.enabled(if: isInstalled, "the bridge to libarrow is not installed: make setup-arrow"))
  func `conversations in columns are prepared like those in lines`() throws {
    let folder = try TemporaryFolder()
    let settings = PreparationSettings(maxLength: 50)
    let preparation = SetPreparation(WordEncoder(), identity: "words", settings: settings)
    let sets = try ["rows.jsonl", "rows.parquet"].map { name in
      try PreparedRecords(
        preparation.prepare(
          RowSource(path: Fixture.path("arrow/" + name)), store: SetStore(folder: folder.path))
      ).examples(settings).examples.all()
    }
    #expect(sets[0].count == 20)
    let isSame = zip(sets[0], sets[1]).allSatisfy { $0.ids == $1.ids && $0.lossMask == $1.lossMask }
    #expect(isSame && sets[0].count == sets[1].count)
  }

  @Test(.enabled(if: isInstalled, "the bridge to libarrow is not installed: make setup-arrow"))
  func `rarer kinds of columns are numbers and lists, and bytes are text or base64 by column`()
    throws
  {
    let rows = try fields(Fixture.path("arrow/kinds.arrow"))
    let expected = try fields(Fixture.path("arrow/kinds.jsonl"))
    #expect(rows == expected && rows.count == 3)
    #expect(rows[1]["sparse"] == "text" && rows[1]["words"] == "schön")
    // Text by itself, but not the column; and bytes of one length, which are text in every row.
    #expect(rows[0]["hash"] == "dGV4dA==" && rows[1]["bytes"] == "c2Now7Zu")
    #expect(rows[0]["fixed"] == "YWJjZA==")
  }

  @Test(.enabled(if: isInstalled, "the bridge to libarrow is not installed: make setup-arrow"))
  func `a column of text stays text, and what is none in it is told by its row`() throws {
    var texts: [String] = []
    var late: [String] = []
    var bad: [Int?] = []
    try RowReader(path: Fixture.path("arrow/bytes.parquet")).forEach { event in
      switch event {
      case .row(let row):
        texts.append(row.fields["text"]?.string ?? "")
        if let value = row.fields["late"]?.string { late.append(value) }
      case .bad(let row):
        bad.append(row.error.place?.line)
        #expect(row.error.remedy?.contains("columns") == true)
      case .note: break
      }
    }
    #expect(bad == [2101] && texts.count == 2499)
    #expect(texts.first == "word 0" && texts.last == "word 2499")
    // The first values of the other column stand behind two thousand rows without any.
    #expect(late.count == 200 && Set(late) == ["dGV4dA==", "iVBORw0KGgoAAQIDBAUG"])
  }

  @Test(
    .enabled(if: isInstalled, "the bridge to libarrow is not installed: make setup-arrow"),
    arguments: ["long.parquet", "alike.parquet"])
  func `long rows are read a few at a time`(name: String) throws {
    let file = try ArrowFile(path: Fixture.path("arrow/" + name), kind: .parquet)
    var bytes: [UInt8] = []
    var (count, most) = (0, 0)
    while try file.read(1 << 20, into: &bytes) {
      count += bytes.count
      most = max(most, file.lines.count)
      bytes = []
    }
    count += bytes.count
    // Of 12 million bytes, 4 MiB and a row at once.
    #expect(count > 12_000_000 && most < 5_000_000)
  }

  @Test(.enabled(if: isInstalled, "the bridge to libarrow is not installed: make setup-arrow"))
  func `files without rows, and damaged ones, are errors`() throws {
    let empty = failure { _ = try fields(Fixture.path("arrow/empty.parquet")) }
    #expect(empty?.code == .data)
    let cut = failure { _ = try fields(Fixture.path("arrow/cut.parquet")) }
    #expect(cut?.message.hasPrefix("the Parquet file cannot be read: ") == true)
    let folder = try TemporaryFolder()
    let whole = try contents(Fixture.path("arrow/rows.arrow"))
    var numbers = SeededNumbers(5)
    for round in 0..<60 {
      // Flipped bytes give other values, an error, or the same rows; never more.
      var bytes = whole
      for _ in 0..<3 {
        bytes[numbers.next(below: bytes.count)] ^= 1 << UInt8(numbers.next(below: 8))
      }
      let file = try folder.file("\(round).arrow", bytes)
      _ = failure { _ = try fields(file) }
    }
  }

  @Test func `without the bridge, a message says how to install it`() throws {
    guard !Self.isInstalled else { return }
    let error = failure { _ = try fields(Fixture.path("arrow/rows.parquet")) }
    #expect(error?.remedy?.contains("make setup-arrow") == true)
  }

  @Test func `a folder's files of columns are read too`() {
    #expect(FileKind.holdsRows("train-00000.parquet") && FileKind.holdsRows("a.arrow"))
  }
}
