internal import AnnealFiles

/// The files that belong to a repository of git, as git itself tells: what `.gitignore` names is none.
enum Repository {
  /// The paths from `folder` of the files below it, sorted; nil when it is no repository of its own,
  /// or git is not installed.
  ///
  /// The repository's settings may name a program that git would start for this; it is told not to.
  static func files(in folder: String) async throws -> [String]? {
    guard Folder.holdsAnything(folder + "/.git"), ExternalTool.git.path != nil else { return nil }
    let output = try await ExternalTool.git.run(
      [
        "-c", "core.fsmonitor=false", "-C", folder.hasPrefix("-") ? "./" + folder : folder,
        "ls-files", "-z", "--cached", "--others", "--exclude-standard",
      ], at: .init(file: folder), limits: ToolLimits(seconds: 60))
    guard output.status == 0 else { return nil }
    let names = output.bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    // What is deleted but not committed so, and folders of other repositories, are no files.
    return Set(names).filter { name in
      !name.split(separator: "/").contains("..") && !name.hasPrefix("/")
        && !name.split(separator: "/").contains { $0.hasPrefix(".") }
    }.sorted()
  }
}
