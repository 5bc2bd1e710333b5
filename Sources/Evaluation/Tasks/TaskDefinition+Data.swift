internal import AnnealFiles

extension TaskDefinition {
  /// The files below `folder` with rows that the task asks: of its test and its validation split, as
  /// far as they are there.
  ///
  /// - Throws: `AnnealError` that says what to fetch, and from where, when there is none.
  public func dataFiles(in folder: String) throws -> [String] {
    let named = [splits.test, splits.validation].compactMap { $0 }
    guard let first = named.first else {
      throw AnnealError(.recipe, "the task names no split", at: .init(file: file))
    }
    let found = named.flatMap { (try? TaskData.paths($0, of: self, in: folder)) ?? [] }
    return found.isEmpty ? try TaskData.paths(first, of: self, in: folder) : found
  }
}
