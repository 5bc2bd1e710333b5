import AnnealFiles
import OrderedCollections
import TestSupport
import Testing

struct JSONTests {
  @Test func `an object keeps the order of its keys and the last of repeated keys`() throws {
    let json = try JSON(parsing: #"{"b": 1, "a": [true, null], "b": 2}"#)
    #expect(json.object.map { Array($0.keys) } == ["b", "a"])
    #expect(json["b"] == 2)
    #expect(json["a"]?[0] == true)
    #expect(json["a"]?[1]?.isNull == true)
    #expect(json["a"]?[2] == nil)
  }

  @Test func `whole numbers keep every digit and fractions stay doubles`() throws {
    #expect(try JSON(parsing: "9223372036854775807") == .integer(.max))
    #expect(try JSON(parsing: "-9223372036854775808") == .integer(.min))
    #expect(try JSON(parsing: "9223372036854775808") == .wide("9223372036854775808"))
    #expect(try JSON(parsing: "1.0") == .number(1))
    #expect(try JSON(parsing: "-1.5e-3") == .number(-0.0015))
    #expect(try JSON(parsing: "1.0").integer == 1)
    #expect(try JSON(parsing: "1.5").integer == nil)
  }

  @Test func `escapes become characters and lone surrogates the replacement character`() throws {
    #expect(try JSON(parsing: #""\u00e9\n\t\"\\\/\ud83d\ude00""#) == "é\n\t\"\\/😀")
    #expect(try JSON(parsing: #""\ud83dx""#) == "\u{FFFD}x")
    #expect(try JSON(parsing: #""\udc00""#) == "\u{FFFD}")
    #expect(try JSON(parsing: [0x22, 0xFF, 0x22]) == "\u{FFFD}")
  }

  @Test func `a byte-order mark is skipped`() throws {
    #expect(try JSON(parsing: "\u{FEFF}[1]") == [1])
  }

  @Test(arguments: [
    ("", 1, 1), ("[1,]", 1, 4), ("{\"a\" 1}", 1, 6), ("[1\n 2]", 2, 2), ("01", 1, 2),
    ("\"a\nb\"", 1, 3), ("[1] x", 1, 5), ("nul", 1, 1), ("\"\\q\"", 1, 3), ("-", 1, 2),
    ("{a: 1}", 1, 2), ("\"abc", 1, 5), ("1.e3", 1, 3), ("[\"é\", ?]", 1, 7),
  ])
  func `broken text names its line and column`(text: String, line: Int, column: Int) {
    let error = failure { _ = try JSON(parsing: text, file: "x.json") }
    #expect(error?.code == .data)
    #expect(error?.place?.file == "x.json")
    #expect(error?.place?.line == line)
    #expect(error?.place?.column == column)
  }

  @Test func `nesting is bounded instead of exhausting the stack`() throws {
    let deep = String(repeating: "[", count: 100_000)
    #expect(failure { _ = try JSON(parsing: deep) }?.message.contains("nested") == true)
    let allowed = String(repeating: "[", count: 500) + String(repeating: "]", count: 500)
    #expect(try JSON(parsing: allowed).array?.count == 1)
  }

  @Test func `what is written reads back equal`() throws {
    let value: JSON = [
      "text": "é\u{1}\"\\\n😀", "numbers": [1, -2, 0.1, 1e300, 1e-300], "flag": true,
      "none": nil, "empty": [:], "list": [],
    ]
    for style in [JSON.Style.compact, .spaced, .pretty] {
      #expect(try JSON(parsing: value.text(style)) == value)
    }
    let ascii = JSON.Style(itemSeparator: ",", keySeparator: ":", escapesNonASCII: true)
    #expect(JSON.string("é😀").text(ascii) == #""\u00e9\ud83d\ude00""#)
    #expect(try JSON(parsing: value.text(ascii)) == value)
  }

  @Test func `the styles space as promised`() {
    let value: JSON = ["a": [1, 2], "b": [:]]
    #expect(value.text() == #"{"a":[1,2],"b":{}}"#)
    #expect(value.text(.spaced) == #"{"a": [1, 2], "b": {}}"#)
    #expect(value.text(.pretty) == "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {}\n}")
    #expect(JSON.number(.nan).text() == "null")
  }

  @Test func `null is told from a value`() {
    #expect(JSON.null.unlessNull.map(\.kind) == nil)
    #expect(JSON.bool(false).unlessNull == false)
  }

  @Test func `errors of a file carry its path`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("a.json", "{\n\"a\": }")
    let error = failure { _ = try JSON(contentsOf: path, code: .model) }
    #expect(error?.code == .model)
    #expect(error?.place?.description.hasPrefix(path + ":2:6") == true)
    #expect(failure { _ = try JSON(contentsOf: path + "x") }?.message == "there is no such file")
    #expect(failure { _ = try JSON(contentsOf: folder.path) }?.message.contains("folder") == true)
  }

  @Test func `the nearest word is found when it is near enough`() {
    #expect(nearest(to: "instrution", among: ["instruction", "input"]) == "instruction")
    #expect(nearest(to: "zebra", among: ["instruction", "input"]) == nil)
  }
}
