internal import AnnealEvaluation
internal import AnnealFiles

/// The files of benchmarks that are not to be learned: named themselves, or by the tasks they are of.
public struct BenchmarkFiles {
  /// The files.
  public let paths: [String]

  /// The files that `names` stand for; what is no file, folder or pattern is a task, by its name, its
  /// tag or its own file.
  ///
  /// - Parameter folder: the folder of the tasks' data; by default the one that a task's file lies in.
  /// - Throws: `AnnealError` for a name that is neither, and for a task without its data.
  public init(_ names: [String], folder: String? = nil) throws {
    paths = try names.flatMap { name -> [String] in
      let isTaskFile = name.hasSuffix(".yaml") || name.hasSuffix(".yml")
      if !isTaskFile, Folder.holdsAnything(name) || name.contains("/") || name.contains(".") {
        return [name]
      }
      return try TaskCatalogue().tasks(named: [name]).flatMap { task in
        try task.dataFiles(in: folder ?? Folder.parent(of: task.file) ?? ".")
      }
    }
  }
}
