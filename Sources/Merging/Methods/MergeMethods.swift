public import AnnealFiles

/// The methods that come with Anneal.
public enum MergeMethods {
  /// All of them.
  public static let all: [any MergeMethod] = [
    LinearMerge(),
    SlerpMerge(),
    TaskMerge("task_arithmetic"),
    TaskMerge("ties", .magnitude, electsSigns: true, normalizes: true),
    TaskMerge("dare_ties", .random, electsSigns: true),
    TaskMerge("dare_linear", .random),
    ModelStock(),
    Passthrough(),
  ]

  /// The method called `name`.
  public static func named(_ name: String, at place: AnnealError.Place) throws -> any MergeMethod {
    if let found = all.first(where: { $0.name == name }) { return found }
    let guess = nearest(to: name, among: all.map(\.name)).map { " Did you mean \($0)?" } ?? ""
    throw AnnealError(
      .recipe, "there is no merge method '\(name)'", at: place,
      remedy: "Methods: \(all.map(\.name).joined(separator: ", ")).\(guess)")
  }
}
