import Anneal
import AnnealFiles
import AnnealRemote
import ArgumentParser

/// Which server of the Hub's kind, and what kind of repository.
struct HubOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Another server with the Hub's routes; HF_ENDPOINT by default.", valueName: "url"))
  var endpoint: String?

  @Option(help: ArgumentHelp("model or dataset.", valueName: "kind"))
  var repoType = "model"

  /// The server, with the token of the environment or the standard file.
  func hub() throws -> Hub { try Hub(endpoint: endpoint) }

  /// The repository called `name`.
  func repository(_ name: String) throws -> RepositoryID {
    guard let kind = RepositoryID.Kind(rawValue: repoType) else {
      throw AnnealError(.usage, "--repo-type is \(repoType); expected model or dataset")
    }
    return try RepositoryID(name, kind: kind)
  }
}

/// `anneal pull`: a repository of the Hub, into the shared cache or a folder.
struct Pull: Verb {
  static let configuration = CommandConfiguration(
    commandName: "pull", abstract: "Brings a model or data set from the Hugging Face Hub.",
    discussion: """
      Without --output, files go to the cache that huggingface_hub uses too, and the folder to name \
      with --model is printed. A pull that was cut off goes on where it ended. A token for private \
      repositories is read from HF_TOKEN, or from the file that `hf auth login` writes.
      """)

  @Argument(help: "The repository, such as Qwen/Qwen2.5-0.5B.")
  var repository: String

  @Option(help: "A branch, a tag or a commit.")
  var revision = "main"

  @Option(
    name: .customLong("output"),
    help: ArgumentHelp("A plain folder for the files, without links.", valueName: "folder"))
  var destination: String?

  @Option(
    help: ArgumentHelp("Only files that fit; may be repeated.", valueName: "pattern"))
  var include: [String] = []

  @Option(
    help: ArgumentHelp("No files that fit; may be repeated.", valueName: "pattern"))
  var exclude: [String] = []

  @Flag(help: "Replace files of the folder that were changed since they were pulled.")
  var overwrite = false

  @Flag(help: "Read and check large files that the cache has, too; damaged ones are fetched again.")
  var verify = false

  @OptionGroup var options: HubOptions

  @OptionGroup var output: OutputOptions

  func perform(_ console: Console) async throws {
    var wanted = PullRequest(try options.repository(repository))
    wanted.revision = revision
    wanted.selection = FileSelection(include: include, exclude: exclude)
    (wanted.output, wanted.overwrite, wanted.verify) = (destination, overwrite, verify)
    let line = TransferLine("pulling", console)
    let report = try await options.hub().pull(wanted, progress: line.tell)
    console.endTransient()
    if !report.repeats.isEmpty {
      let bytes = report.repeats.reduce(0) { $0 + $1.bytes }
      console.note(
        "left out: \(Amount.bytes(bytes)) that repeat the safetensors in another format "
          + "(\(report.repeats.prefix(4).map(\.path).joined(separator: ", "))"
          + "\(report.repeats.count > 4 ? ", …" : "")); --include '*' takes all")
    }
    for file in report.damaged { console.note(words(ofDamage: file)) }
    console.note(
      "\(wanted.repository) at \(report.commit.prefix(12)): "
        + "\(Amount.count(report.files.count, of: "file")), \(Amount.bytes(report.bytes)), "
        + "\(Amount.bytes(report.movedBytes)) of them fetched now")
    console.result(
      [
        "repository": .string(wanted.repository.name), "revision": .string(revision),
        "commit": .string(report.commit), "output": .string(report.folder),
        "files": .array(report.files.map { .string($0) }), "bytes": .integer(report.bytes),
        "fetched_bytes": .integer(report.movedBytes),
        "left_out": .array(report.repeats.map { .string($0.path) }),
        "damaged": .array(report.damaged.map { .string($0) }),
      ], report.folder)
  }

  private func words(ofDamage file: String) -> String {
    destination == nil
      ? "\(file) was damaged, and is fetched again"
      : "\(file) is damaged, and its contents were fetched instead; pull it with --verify and "
        + "without --output to mend it"
  }
}
