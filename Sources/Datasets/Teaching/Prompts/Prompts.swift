internal import AnnealFiles

/// The prompts of teachers: files of a folder, and of another one where people keep their own.
public struct Prompts: Sendable {
  private let builtin: String
  private let own: String?

  /// The prompts in the folder `builtin`, and those in `own` in their places.
  ///
  /// - Throws: `AnnealError` for a file in `own` that is named like none of the prompts.
  public init(builtin: String, own: String? = nil) throws {
    (self.builtin, self.own) = (builtin, own)
    guard let own else { return }
    guard Folder.exists(own) else {
      throw AnnealError(
        .usage, "there is no such folder of prompts", at: .init(file: own),
        remedy: "Write the prompts there first: anneal data generate --write-prompts \(own)")
    }
    let known = Self.names(in: builtin)
    for name in Self.names(in: own) where !known.contains(name) {
      let hint = nearest(to: name, among: known).map { "; did you mean '\($0)'?" } ?? ""
      throw AnnealError(
        .usage, "there is no prompt '\(name)'\(hint)", at: .init(file: "\(own)/\(name)"),
        remedy: "Prompts are: \(known.joined(separator: ", ")).")
    }
  }

  /// The prompt that `description` is of.
  ///
  /// - Throws: `AnnealError` with file, line and column when it is no prompt.
  public func prompt(_ description: PromptDescription) throws -> Prompt {
    let name = description.name + ".txt"
    let path =
      own.map { $0 + "/" + name }.flatMap { Folder.holdsFile($0) ? $0 : nil }
      ?? builtin + "/" + name
    let bytes = try TextContents.bytes(of: path)
    return try Prompt(source: String(decoding: bytes, as: UTF8.self), path: path, description)
  }

  /// Copies the prompts that come with Anneal into `folder`, to be edited there.
  ///
  /// - Returns: the names of the files.
  /// - Throws: `AnnealError` when one of them is there already.
  public func write(to folder: String) throws -> [String] {
    let names = Self.names(in: builtin)
    for name in names where Folder.holdsAnything("\(folder)/\(name)") {
      throw AnnealError(
        .usage, "the prompt is there already", at: .init(file: "\(folder)/\(name)"),
        remedy: "Name another folder, or remove what is there.")
    }
    try Folder.create(folder)
    for name in names {
      try AtomicFile.write(
        try TextContents.bytes(of: "\(builtin)/\(name)"), to: "\(folder)/\(name)")
    }
    return names
  }

  private static func names(in folder: String) -> [String] {
    Folder.names(in: folder).filter { $0.hasSuffix(".txt") && !$0.hasPrefix(".") }
  }
}
