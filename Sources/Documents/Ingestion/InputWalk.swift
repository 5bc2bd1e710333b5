internal import AnnealFiles

/// The files that inputs stand for: files as they are, and of folders those whose kind is known.
struct InputWalk {
  /// A file and what its rows call it.
  struct Input: Sendable {
    var path: String
    var source: String
  }

  private(set) var inputs: [Input] = []
  /// Files of folders that are no documents, by the ending of their names.
  private(set) var passedOver: [String: Int] = [:]
  /// Links that lead out of a folder that was given.
  private(set) var links: [AnnealError] = []

  /// Deeper folders are not entered.
  private static let deepest = 64

  init(_ paths: [String]) async throws {
    for path in paths {
      guard Folder.exists(path) else {
        inputs.append(Input(path: path, source: path))
        continue
      }
      let before = inputs.count
      if let names = try await Repository.files(in: path) {
        for name in names {
          take(path.hasSuffix("/") ? path + name : path + "/" + name, within: path)
        }
      } else {
        walk(path, within: path, depth: 0)
      }
      if inputs.count == before {
        throw AnnealError(
          .data, "the folder holds no document of a known kind", at: .init(file: path),
          remedy: "Known endings: "
            + Set(DocumentKinds.all.flatMap { $0.endings }).sorted().joined(separator: ", "))
      }
    }
    // A file that is named twice, or lies in two of the folders, is read once.
    var seen: Set<String> = []
    inputs = inputs.filter { seen.insert(Folder.resolved($0.path)).inserted }
  }

  private mutating func walk(_ folder: String, within root: String, depth: Int) {
    guard depth < Self.deepest else { return }
    for name in Folder.names(in: folder) where !name.hasPrefix(".") {
      let path = folder.hasSuffix("/") ? folder + name : folder + "/" + name
      // A link to a folder above would be walked without end.
      if Folder.exists(path), SymbolicLink.target(of: path) == nil {
        walk(path, within: root, depth: depth + 1)
      } else {
        take(path, within: root)
      }
    }
  }

  /// Takes the file at `path`, when it is one.
  private mutating func take(_ path: String, within root: String) {
    if SymbolicLink.target(of: path) != nil, !Folder.holds(path, in: root) {
      links.append(
        AnnealError(
          .data, "the link leads out of the folder and is not followed", at: .init(file: path),
          remedy: "Name the file itself if it is meant."))
    } else if Folder.holdsFile(path) {
      guard !DocumentKinds.takes(path) else {
        inputs.append(Input(path: path, source: path))
        return
      }
      let ending = DocumentFile.ending(of: path)
      passedOver[ending.isEmpty ? Folder.name(of: path) : "." + ending, default: 0] += 1
    }
  }
}
