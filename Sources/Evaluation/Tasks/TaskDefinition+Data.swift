internal import AnnealFiles

extension TaskDefinition {
  /// The files below `folder` with the rows that the task asks.
  ///
  /// - Throws: `AnnealError` that says what to fetch, and from where, when one is missing.
  public func dataFiles(in folder: String) throws -> [String] {
    guard let split = splits.test ?? splits.validation else {
      throw AnnealError(.recipe, "the task names no split", at: .init(file: file))
    }
    return try TaskData.paths(split, of: self, in: folder)
  }
}
