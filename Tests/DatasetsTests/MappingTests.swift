import AnnealDatasets
import AnnealFiles
import AnnealText
import OrderedCollections
import TestSupport
import Testing

struct MappingTests {
  private func turns(_ source: RowSource) throws -> [[String]] {
    try Dataset<Record>(source).map { record -> [String] in
      guard case .conversation(let conversation) = record else { return [] }
      return conversation.messages.map { "\($0.role): \($0.text)" }
    }.elements
  }

  @Test func `columns of any name become fields`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("a.csv", "Frage,Antwort,id\na,b,1\n")
    let mapping = RowMapping(fields: ["question": "Frage", "answer": "Antwort"])
    #expect(try turns(RowSource(path: path, mapping: mapping)) == [["user: a", "assistant: b"]])
  }

  @Test func `members of a column are reached by a path`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file(
      "a.jsonl", #"{"request": {"context": "a", "parts": ["b"]}, "label": 0}"#)
    let mapping = RowMapping(fields: ["prompt": "request.context", "completion": "request.parts.0"])
    let data = try Dataset<Record>(
      RowSource(path: path, format: "prompt-completion", mapping: mapping))
    guard case .completion("a", "b") = data.first else {
      Issue.record("a completion is expected")
      return
    }
  }

  @Test func `a fault is told by the column, not by the field`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("a.jsonl", #"{"Frage": 5, "Antwort": "b"}"#)
    let mapping = RowMapping(fields: ["question": "Frage", "answer": "Antwort"])
    #expect(
      failure { _ = try turns(RowSource(path: path, mapping: mapping)) }?.place?.field == "Frage")
  }

  @Test(arguments: [
    (["question": "Frge"], "did you mean 'Frage'?"),
    (["Frage": "question"], "field_map is written FIELD: COLUMN"),
    (["questoin": "Frage"], "has no field 'questoin'; did you mean 'question'?"),
  ])
  func `a mapping that cannot be right is refused`(
    fields: [String: String], message: String
  ) throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("a.jsonl", #"{"Frage": "a", "answer": "b"}"#)
    var mapping = RowMapping()
    for (field, column) in fields { mapping.fields[field] = column }
    let error = failure {
      _ = try turns(RowSource(path: path, format: "question-answer", mapping: mapping))
    }
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "no error")")
  }

  @Test func `labels are worded, and others refused`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("a.csv", "text,label\nx,0\ny,1\n")
    var mapping = RowMapping(
      labels: ["0": "bad", "1": "good"], constants: ["instruction": "Good or bad?"])
    #expect(
      try turns(RowSource(path: path, mapping: mapping)) == [
        ["user: Good or bad?\nx", "assistant: bad"], ["user: Good or bad?\ny", "assistant: good"],
      ])
    mapping.labels["1"] = nil
    let error = failure { _ = try turns(RowSource(path: path, mapping: mapping)) }
    #expect(error?.description.hasPrefix("\(path):3:label: there is no label '1'") == true)
  }

  @Test func `keys and roles of messages are put into plain ones`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file(
      "a.jsonl",
      #"{"chat": [{"who": "Kunde", "says": "a"}, {"who": "Agent", "says": "b"}]}"#)
    let mapping = RowMapping(
      fields: ["messages": "chat"], messageKeys: ["role": "who", "content": "says"],
      roles: ["Kunde": "user", "Agent": "assistant"])
    #expect(try turns(RowSource(path: path, mapping: mapping)) == [["user: a", "assistant: b"]])
  }

  @Test func `an entry of LLaMA-Factory's catalogue is a source`() throws {
    let folder = try TemporaryFolder()
    _ = try folder.file("orca.jsonl", #"{"q": "a", "r": "b", "s": "be kind"}"#)
    _ = try folder.file(
      "chat.jsonl", #"{"m": [{"role": "U", "content": "a"}, {"role": "A", "content": "b"}]}"#)
    _ = try folder.file("pair.jsonl", #"{"p": "a", "good": "b", "bad": "c"}"#)
    let catalogue = try folder.file(
      "dataset_info.json",
      """
      {"orca": {"file_name": "orca.jsonl", "columns": {"prompt": "q", "response": "r", "system": "s"}},
       "chat": {"file_name": "chat.jsonl", "formatting": "sharegpt", "columns": {"messages": "m"},
        "tags": {"role_tag": "role", "content_tag": "content", "user_tag": "U", "assistant_tag": "A"}},
       "pair": {"file_name": "pair.jsonl", "ranking": true,
        "columns": {"prompt": "p", "chosen": "good", "rejected": "bad"}},
       "hub": {"hf_hub_url": "a/b"}, "out": {"file_name": "../x"},
       "seen": {"file_name": "x", "columns": {"images": "i"}}}
      """)
    #expect(
      try turns(RowSource(path: catalogue + "#orca"))
        == [["system: be kind", "user: a", "assistant: b"]])
    #expect(try turns(RowSource(path: catalogue + "#chat")) == [["user: a", "assistant: b"]])
    guard
      case .preference(let pair) = try Dataset<Record>(RowSource(path: catalogue + "#pair")).first
    else {
      Issue.record("a pair is expected")
      return
    }
    #expect(pair.chosen == [.assistant("b")])
    _ = try folder.file("wiki.txt", "one\n")
    _ = try folder.file("texts.jsonl", #"{"body": "two"}"#)
    let texts = try folder.file(
      "texts.json",
      """
      {"wiki": {"file_name": "wiki.txt", "columns": {"prompt": "text"}},
       "texts": {"file_name": "texts.jsonl", "columns": {"prompt": "body"}}}
      """)
    for (name, text) in [("wiki", "one"), ("texts", "two")] {
      guard
        case .text(let found) = try Dataset<Record>(RowSource(path: texts + "#" + name)).first
      else {
        Issue.record("a text is expected")
        return
      }
      #expect(found.hasPrefix(text))
    }
    let wrong = [
      ("out", "outside"), ("orcas", "did you mean 'orca'?"), ("hub", "hf_hub_url"),
      ("seen", "'images'"),
    ]
    for (name, message) in wrong {
      let error = failure { _ = try turns(RowSource(path: "\(catalogue)#\(name)")) }
      #expect(error?.message.contains(message) == true, "\(error?.message ?? "no error")")
    }
  }

  @Test(
    .enabled(if: SharedData.path("datasets/llamafactory_dataset_info.json") != nil))
  func `every entry of a real catalogue is understood or refused by name`() throws {
    let path = try #require(SharedData.path("datasets/llamafactory_dataset_info.json"))
    let catalogue = try DatasetCatalogue(path: path)
    #expect(catalogue.names.count == 104)
    for name in catalogue.names {
      do { _ = try catalogue.source(named: name) } catch let error as AnnealError {
        #expect(error.place?.field == name)
      }
    }
  }

  @Test func `names of other tools mean the same formats`() throws {
    let registry = FormatRegistry.builtin
    let names = [
      ("alpaca_chat.load_qa", "alpaca"), ("alpaca:chat", "alpaca"), ("chat_template", "messages"),
      ("vicuna", "sharegpt"), ("completion", "text"), ("dpo", "preference"),
      ("stepwise_supervised", "stepwise"), ("prompt-response", "input-output"),
      ("chatml.intel", "preference"),
    ]
    for (name, format) in names { #expect(try registry.format(named: name).name == format) }
    let error = failure { _ = try registry.format(named: "input_output") }
    #expect(error?.remedy?.contains("segments") == true)
  }
}
