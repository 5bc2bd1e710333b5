public import AnnealFiles

extension Recipe {
  /// A key that differs between two resolved recipes.
  public struct Change: Sendable, Hashable, CustomStringConvertible {
    /// The key's name.
    public let key: String
    /// Its value before.
    public let before: JSON
    /// Its value now.
    public let after: JSON
    /// Whether the change gives another trained model, so that a resume cannot be exact.
    public let affectsResult: Bool

    /// `learning_rate: 0.0002 → 0.0001`.
    public var description: String {
      "\(key): \(RecipeText.inline(before)) → \(RecipeText.inline(after))"
    }
  }

  /// The keys whose values differ from those of `earlier`, in the order of the reference.
  public func changedKeys(from earlier: Recipe) -> [Change] {
    RecipeKey.all.compactMap { key in
      let (before, after) = (key.value(earlier), key.value(self))
      guard before != after else { return nil }
      return Change(
        key: key.name, before: before, after: after, affectsResult: key.affectsResult)
    }
  }

  /// `path` without what tells whose machine it is on.
  static func portable(_ path: String) -> String {
    portable(path, workingDirectory: Folder.current, home: Folder.home)
  }

  private static func portable(_ path: String, workingDirectory: String, home: String) -> String {
    for (root, sign) in [(workingDirectory, "."), (home, "~")] {
      let root = root.hasSuffix("/") ? String(root.dropLast()) : root
      if root.isEmpty { continue }
      if path == root { return sign }
      if path.hasPrefix(root + "/") {
        let rest = String(path.dropFirst(root.count + 1))
        return sign == "." ? rest : "~/" + rest
      }
    }
    return path
  }

  /// The same recipe without paths that tell whose machine it ran on.
  ///
  /// A path below `workingDirectory` becomes relative to it, one below `home` begins with `~`.
  public func portable(workingDirectory: String, home: String) -> Recipe {
    func portable(_ path: String) -> String {
      Self.portable(path, workingDirectory: workingDirectory, home: home)
    }
    var copy = self
    copy.modelNameOrPath = portable(modelNameOrPath)
    copy.adapterNameOrPath = adapterNameOrPath.map(portable)
    copy.chatTemplate = chatTemplate.map(portable)
    copy.outputDir = portable(outputDir)
    copy.datasetPreparedPath = datasetPreparedPath.map(portable)
    for index in datasets.indices {
      copy.datasets[index].path = portable(datasets[index].path)
      copy.datasets[index].schema = datasets[index].schema.map(portable)
    }
    for index in evalDatasets.indices {
      copy.evalDatasets[index].path = portable(evalDatasets[index].path)
      copy.evalDatasets[index].schema = evalDatasets[index].schema.map(portable)
    }
    if case .checkpoint(let path) = resumeFromCheckpoint {
      copy.resumeFromCheckpoint = .checkpoint(portable(path))
    }
    return copy
  }
}
