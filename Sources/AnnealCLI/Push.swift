import Anneal
import AnnealFiles
import AnnealRemote
import ArgumentParser

/// `anneal push`: a folder to the Hub, as one commit.
struct Push: Verb {
  static let configuration = CommandConfiguration(
    commandName: "push", abstract: "Sends a folder to the Hugging Face Hub as one commit.",
    discussion: """
      The repository is made when there is none. Files that the server has are not sent again; files \
      whose names begin with a point stay here. The token is read from HF_TOKEN, or from the file \
      that `hf auth login` writes.
      """)

  @Argument(help: "The folder of a model, an adapter or a data set.")
  var folder: String

  @Argument(help: "The repository, such as me/support-model.")
  var repository: String

  @Option(help: "The branch; it is made when there is none.")
  var revision = "main"

  @Option(help: "What the commit says.")
  var message = "Push with anneal"

  @Flag(help: "For its owner's eyes only: a new repository is made so, a public one is refused.")
  var `private` = false

  @OptionGroup var options: HubOptions

  @OptionGroup var output: OutputOptions

  func perform(_ console: Console) async throws {
    var wanted = PushRequest(folder, to: try options.repository(repository))
    (wanted.revision, wanted.message, wanted.isPrivate) = (revision, message, `private`)
    let line = TransferLine("pushing", console)
    let report = try await options.hub().push(wanted, progress: line.tell)
    console.endTransient()
    if !report.kept.isEmpty {
      console.note(
        "kept here: \(report.kept.prefix(4).joined(separator: ", "))"
          + (report.kept.count > 4 ? " and \(report.kept.count - 4) more" : ""))
    }
    if report.isNew {
      console.note("made \(report.repository)\(`private` ? ", which is private" : "")")
    }
    let facts =
      "\(Amount.count(report.files.count, of: "file")), \(Amount.bytes(report.bytes)), "
      + "\(Amount.bytes(report.movedBytes)) of them sent now"
    console.result(
      [
        "repository": .string(report.repository.name), "revision": .string(revision),
        "commit": report.commit.map { .string($0) } ?? .null, "url": .string(report.url),
        "created": .bool(report.isNew), "files": .array(report.files.map { .string($0) }),
        "bytes": .integer(report.bytes), "sent_bytes": .integer(report.movedBytes),
        "kept": .array(report.kept.map { .string($0) }),
      ],
      report.commit == nil
        ? "nothing to push: \(report.url) has these files" : "\(report.url): \(facts)")
  }
}
