import AnnealDatasets
import AnnealFiles
import TestSupport
import Testing

struct RowReaderTests {
  private func rows(_ name: String, _ text: String) throws -> [Row] {
    let folder = try TemporaryFolder()
    return try RowReader(path: folder.file(name, text)).rows()
  }

  private func fault(_ name: String, _ bytes: [UInt8]) throws -> AnnealError? {
    let folder = try TemporaryFolder()
    let path = try folder.file(name, bytes)
    return failure { _ = try RowReader(path: path).rows() }
  }

  @Test func `JSON lines keep their numbers across empty lines`() throws {
    let rows = try rows("a.jsonl", "{\"a\": 1}\n\n{\"a\": 2}\r\n{\"a\": 3}")
    #expect(rows.map(\.line) == [1, 3, 4])
    #expect(rows.map { $0.fields["a"] } == [1, 2, 3])
  }

  @Test func `the elements of a JSON array know their lines`() throws {
    let rows = try rows(
      "a.json", "[\n{\"a\": \"[,{\\\"\"},\n\n  {\"a\":\n [1, {}]}\n, {\"a\": 3}]\n")
    #expect(rows.map(\.line) == [2, 4, 6])
    #expect(rows.map(\.index) == [0, 1, 2])
    #expect(rows[0].fields["a"] == "[,{\"")
  }

  @Test func `rows on one line are told apart by their number`() throws {
    let rows = try rows("a.json", "[{\"a\": 1}, {\"a\": 2},\n{\"a\": 3}]")
    #expect(rows.map { $0.place("a").field } == ["[0].a", "[1].a", "a"])
    #expect(rows.map { $0.place().field } == ["[0]", "[1]", nil])
  }

  @Test func `an object that wraps one array is unwrapped, a conversation is not`() throws {
    let wrapped = try rows("a.json", "{\"version\": 1,\n\"data\": [\n{\"a\": 1}, {\"a\": 2}]}")
    #expect(wrapped.map(\.line) == [3, 3])
    let single = try rows("a.json", #"{"messages": [{"role": "user", "content": "x"}]}"#)
    #expect(single.count == 1)
    #expect(single[0].fields["messages"]?.array?.count == 1)
  }

  @Test func `what a file looks like decides where its name leaves a choice`() throws {
    #expect(try rows("a.json", "{\"a\": 1}\n{\"a\": 2}\n").count == 2)
    #expect(try rows("a.jsonl", "[{\"a\": 1}, {\"a\": 2}]").count == 2)
    #expect(try rows("a", "{\n\"a\": 1\n}").count == 1)
    #expect(try rows("a.data", "just words\n")[0].fields["text"] == "just words\n")
  }

  @Test func `a table follows RFC 4180`() throws {
    let rows = try rows(
      "a.csv", "\u{FEFF}q,a\r\n\"one, \"\"two\"\"\",x\r\n\"line\r\nbreak\",\r\n\r\nlast,y")
    #expect(rows.map(\.line) == [2, 3, 6])
    #expect(rows[0].fields["q"] == "one, \"two\"")
    #expect(rows[1].fields["q"] == "line\nbreak")
    #expect(rows[1].fields["a"] == "")
    #expect(rows[2].fields == ["q": "last", "a": "y"])
  }

  @Test func `tabs and semicolons separate too`() throws {
    #expect(try rows("a.tsv", "q\ta\n1,5\t\"x\"\n")[0].fields == ["q": "1,5", "a": "x"])
    #expect(try rows("a.csv", "q;a\n1,5;2\n")[0].fields == ["q": "1,5", "a": "2"])
  }

  @Test func `a text file is one document unless a separator stands in it`() throws {
    let whole = try rows("a.txt", "one\n\ntwo\n")
    #expect(whole.count == 1)
    #expect(whole[0].fields["text"] == "one\n\ntwo\n")
    let parts = try rows("a.txt", "one\r\n<|endoftext|>\n\ntwo\nlines\n<|endoftext|>\n \n")
    #expect(parts.map { $0.fields["text"] } == ["one", "two\nlines"])
    #expect(parts.map(\.line) == [1, 4])
  }

  @Test func `ill-formed UTF-8 in a text is read as the replacement character and told`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("a.txt", Array("one\nx".utf8) + [0xFF] + Array("y\n".utf8))
    let contents = try RowReader(path: path).contents()
    #expect(contents.rows.map(\.fields) == [["text": "one\nx\u{FFFD}y\n"]])
    #expect(contents.problems.map { $0.place?.line } == [2])
  }

  @Test func `reading goes on past broken rows when asked to`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("a.jsonl", "{\"a\": 1}\n{oops}\n[1]\n{\"a\": 2}\n")
    let contents = try RowReader(path: path).contents()
    #expect(contents.rows.map(\.line) == [1, 4])
    #expect(contents.problems.compactMap { $0.place?.line } == [2, 3])
  }

  @Test(arguments: [
    ("a.jsonl", "{\"a\": 1}\n{\"a\": 2\n", 2, "not valid JSON"),
    ("a.jsonl", "{\"a\": 1}\n7\n", 2, "the row is a number"),
    ("a.json", "[\n{\"a\": 1},\n{\"a\" 2}\n]", 3, "should follow the key"),
    ("a.json", "[\n{\"a\": 1}\n", 3, "not valid JSON"),
    ("a.json", "[{\"a\": 1}] 5", 1, "more text follows"),
    ("a.json", "[{\"a\": 1},\n]", 2, "an element should follow"),
    ("a.json", "[{\"a\": 1}\n{\"a\": 2}]", 2, "',' or ']' should follow"),
    ("a.json", "[{\"a\": 1}, {\"a\"\n: [1, 2}]", 2, "not valid JSON"),
    ("a.json", "[{\"a\": 1},\n{\"a\": \"x}]", 2, "not valid JSON"),
    ("a.json", "[", 1, "ends inside of the array"),
    ("a.json", "[1]", 1, "the row is a number"),
    ("a.json", "\"x\"", 1, "the file holds a string"),
    ("a.csv", "q,a\n1,2\n1,2,3\n", 3, "the row has 3 fields; the header names 2"),
    ("a.csv", "q,a\n\"x\n", 2, "never ends"),
    ("a.csv", "q,a\n\"x\"y,2\n", 2, "text follows the closing quote"),
    ("a.csv", "q,q\n1,2\n", 1, "two columns are called 'q'"),
    ("a.csv", "q,\n1,2\n", 1, "a column has no name"),
  ])
  func `a broken row is named by file and line`(
    name: String, text: String, line: Int, message: String
  ) throws {
    let error = try fault(name, Array(text.utf8))
    #expect(error?.code == .data)
    #expect(error?.place?.line == line)
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "no error")")
  }

  @Test func `no row of an array is lost behind one that is no JSON`() throws {
    let folder = try TemporaryFolder()
    let rows = (0..<50).map { "{\"a\": \"\($0)\"}" }
    for (first, second) in [("\"a\": x\"", "\"a\": \"x"), ("\"a\": [1", "\"a\": 1]")] {
      var broken = rows
      (broken[10], broken[40]) = ("{\(first)}", "{\(second)}")
      let path = try folder.file("a.json", "[\n" + broken.joined(separator: ",\n") + "\n]")
      let error = failure { _ = try RowReader(path: path).contents() }
      #expect(error?.place?.line == 12, "\(error.map { "\($0)" } ?? "no error")")
    }
    // A row that is JSON and cannot be used is a bad row.
    let path = try folder.file("b.json", "[{\"a\": 1}, 7, {\"a\": 1, \"a\": 2}, {\"a\": 3}]")
    let contents = try RowReader(path: path).contents()
    #expect(contents.rows.count == 2 && contents.problems.count == 2)
  }

  @Test func `an array is read element by element, wherever its parts are cut`() throws {
    let folder = try TemporaryFolder()
    // Elements around the size of what is read at once, and one of several times that.
    let sizes = [10, 1 << 20, 5, (1 << 20) - 7, 1 << 22, 3]
    let texts = sizes.enumerated().map { index, size in
      "{\"n\": \(index), \"text\": \"\(String(repeating: index % 2 == 0 ? "é]" : "a\\\"", count: size / 3))\"}"
    }
    let path = try folder.file(
      "a.json", "\u{FEFF} \n[" + texts.joined(separator: " ,\n ") + "\n]\n ")
    let rows = try RowReader(path: path).rows()
    #expect(rows.map(\.line) == [2, 3, 4, 5, 6, 7])
    #expect(rows.map { $0.fields["n"]?.integer } == [0, 1, 2, 3, 4, 5])
    #expect(rows.map { $0.fields["text"]?.string?.count } == sizes.map { $0 / 3 * 2 })
    // What follows the rows that are asked for is not looked at.
    let broken = try folder.file("b.json", "[{\"a\": 1}, {\"a\": 2}, {\"a\": ")
    #expect(try RowReader(path: broken).rows(limit: 1).count == 1)
  }

  @Test func `the column of a fault counts from the line, not from the row`() throws {
    let error = try fault("a.json", Array("[{\"a\": 1}, {\"é\": ?}]".utf8))
    #expect(error?.place?.line == 1)
    #expect(error?.place?.column == 18)
  }

  @Test(
    arguments: [
      ([], "the file is empty"), ([0xEF, 0xBB, 0xBF], "the file is empty"),
      (Array(" \n\n".utf8), "the file holds no rows"), ([0x1F, 0x8B, 8], "gzip"),
      (Array("PAR1".utf8), "Parquet"), ([0xFF, 0xFE, 0x61, 0], "UTF-16"), ([1, 0, 2], "binary"),
    ] as [([UInt8], String)])
  func `what cannot hold rows is refused with the reason`(bytes: [UInt8], reason: String) throws {
    let error = try fault("a.jsonl", bytes)
    #expect(error?.code == .data)
    #expect(error?.message.contains(reason) == true, "\(error?.message ?? "no error")")
  }
}
