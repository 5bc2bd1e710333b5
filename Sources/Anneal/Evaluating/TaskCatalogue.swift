public import AnnealEvaluation
internal import AnnealFiles

/// The tasks that can be asked for by name: a folder of files, one a task.
public struct TaskCatalogue {
  /// The tasks, by name.
  public let tasks: [TaskDefinition]

  /// The tasks that come with Anneal, and those in `folders`, which go before them.
  ///
  /// - Throws: `AnnealError` when a file is no task, or two have one name.
  public init(folders: [String] = []) throws {
    var byName: [String: TaskDefinition] = [:]
    for folder in [try Resources.folder() + "/tasks"] + folders {
      guard Folder.exists(folder) else {
        throw AnnealError(.usage, "there is no such folder of tasks", at: .init(file: folder))
      }
      for name in Folder.files(below: folder) where Self.isTask(name) {
        let task = try TaskDefinition(file: folder + "/" + name)
        byName[task.name] = task
      }
    }
    tasks = byName.values.sorted { $0.name < $1.name }
  }

  /// Files whose name begins with an underscore are there to be included.
  private static func isTask(_ path: String) -> Bool {
    let name = Folder.name(of: path)
    return !name.hasPrefix("_") && (name.hasSuffix(".yaml") || name.hasSuffix(".yml"))
  }

  /// The tasks that `names` ask for: names of tasks, tags that several have, and files.
  ///
  /// - Throws: `AnnealError` of kind `usage` for a name that nothing has.
  public func tasks(named names: [String]) throws -> [TaskDefinition] {
    var chosen: [TaskDefinition] = []
    for name in names {
      let found: [TaskDefinition]
      if let task = tasks.first(where: { $0.name == name }) {
        found = [task]
      } else if name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
        found = [try TaskDefinition(file: name)]
      } else {
        found = tasks.filter { $0.tags.contains(name) }
      }
      guard !found.isEmpty else { throw unknown(name) }
      chosen += found.filter { task in !chosen.contains { $0.name == task.name } }
    }
    return chosen
  }

  private func unknown(_ name: String) -> AnnealError {
    let known = tasks.map(\.name) + tasks.flatMap(\.tags)
    let guess = nearest(to: name, among: known).map { "Did you mean \($0)? " } ?? ""
    return AnnealError(
      .usage, "there is no task '\(name)'",
      remedy: guess + "`anneal eval --tasks list` shows all; a file ends in .yaml.")
  }
}
