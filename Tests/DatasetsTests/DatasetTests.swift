import AnnealDatasets
import AnnealFiles
import AnnealText
import TestSupport
import Testing

struct DatasetTests {
  private func dataset(_ count: Int, repeating: Int = 1) -> Dataset<Row> {
    Dataset<Row>(
      rows: (0..<count).map { index in
        Row(
          index: index, file: "a.jsonl", line: index + 1,
          fields: ["text": .string("row \(index / repeating)")])
      })
  }

  @Test func `a split has the asked share, overlaps nowhere and keeps the order`() {
    let (train, validation) = dataset(200).split(validation: 0.1, seed: 17)
    #expect(validation.count == 20)
    let lines = (train.map(\.line), validation.map(\.line))
    #expect(lines.0.elements == lines.0.elements.sorted())
    #expect((lines.0.elements + lines.1.elements).sorted() == Array(1...200))
  }

  @Test func `a split is a function of content and seed`() {
    let first = dataset(100).split(validation: 0.1, seed: 1).validation.map(\.line).elements
    #expect(first == dataset(100).split(validation: 0.1, seed: 1).validation.map(\.line).elements)
    #expect(first != dataset(100).split(validation: 0.1, seed: 2).validation.map(\.line).elements)
  }

  @Test func `rows that say the same stay on one side`() {
    let (train, validation) = dataset(100, repeating: 4).split(validation: 0.2, seed: 5)
    #expect(Set(train.fingerprints).isDisjoint(with: validation.fingerprints))
    #expect(validation.count == 20)
  }

  @Test func `both sides have a row when two differ`() {
    let (train, validation) = dataset(2).split(validation: 0.01, seed: 5)
    #expect([train.count, validation.count] == [1, 1])
    #expect(dataset(1).split(validation: 0.5, seed: 5).train.count == 1)
    #expect(dataset(3).split(validation: 0, seed: 5).validation.isEmpty)
    #expect(dataset(3).split(validation: 1, seed: 5).train.count == 1)
    #expect(Dataset<Int>([]).split(validation: 0.5, seed: 5).train.isEmpty)
  }

  @Test func `mapping and filtering keep where rows came from`() {
    let texts = dataset(5).filter { $0.line > 3 }.map { $0.fields["text"]?.string ?? "" }
    #expect(texts.elements == ["row 3", "row 4"])
    #expect(texts.places.map(\.line) == [4, 5])
  }

  @Test func `conversations are read from JSON lines`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file(
      "a.jsonl",
      "{\"instruction\": \"a\", \"output\": \"b\"}\n{\"instruction\": \"c\", \"output\": \"d\"}\n")
    let data = try Dataset<Conversation>(jsonl: path)
    #expect(data.map { $0.messages.map(\.text) }.elements == [["a", "b"], ["c", "d"]])
    let texts = try folder.file("b.jsonl", "{\"text\": \"a\"}\n")
    #expect(failure { _ = try Dataset<Conversation>(jsonl: texts) }?.place?.line == 1)
  }

  @Test func `files of different formats become one dataset`() throws {
    let folder = try TemporaryFolder()
    let first = try folder.file("a.csv", "instruction,output\na,b\n")
    let second = try folder.file("b.jsonl", "{\"prompt\": \"a\", \"completion\": \"b\"}\n")
    let data = try Dataset<Record>(files: [first, second])
    #expect(data.places.map(\.file) == [first, second])
    let error = failure { _ = try Dataset<Record>(files: [first, second], format: "alpaca") }
    #expect(error?.place?.file == second)
  }
}
