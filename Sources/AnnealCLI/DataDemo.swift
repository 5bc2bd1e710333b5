import Anneal
import AnnealDemo
import AnnealFiles
import ArgumentParser

/// `anneal data demo`: the embedded task's rows and the text that its base was pre-trained on.
struct DataDemo: Verb {
  static let configuration = CommandConfiguration(
    commandName: "demo", abstract: "Writes the demo's rows and pre-training text.",
    shouldDisplay: false)

  @Option(
    name: .customLong("output"), help: ArgumentHelp("The folder to write.", valueName: "folder"))
  var destination: String

  @Option(help: "Bytes of pre-training text; 0 writes none.")
  var textBytes = 0

  @Option(help: "Bytes of conversations to learn to answer from; 0 writes none.")
  var conversationBytes = 0

  @OptionGroup var output: OutputOptions

  func perform(_ console: Console) async throws {
    try Folder.create(destination)
    let counts = [(DemoSplit.train, 16000), (.validation, 200), (.test, 300)]
    for (split, count) in counts {
      let rows = DemoTask.rows(split, count: count, seed: 17)
      let text = rows.map { $0.messages.text(.spaced) + "\n" }.joined()
      try AtomicFile.write(text, to: "\(destination)/\(split.rawValue).jsonl")
    }
    if textBytes > 0 {
      try AtomicFile.write(to: destination + "/pretraining.txt") { file in
        for document in DemoText.documents(seed: 17, bytes: textBytes) {
          try file.write(document + "\n<|endoftext|>\n")
        }
      }
    }
    if conversationBytes > 0 {
      try AtomicFile.write(to: destination + "/conversations.jsonl") { file in
        for messages in DemoText.conversations(seed: 17, bytes: conversationBytes) {
          try file.write(messages.text(.spaced) + "\n")
        }
      }
    }
    console.result(
      ["output": .string(destination), "rows": .integer(counts.reduce(0) { $0 + $1.1 })],
      "\(destination): \(counts.map { "\($0.1) \($0.0.rawValue)" }.joined(separator: ", ")) rows")
  }
}
