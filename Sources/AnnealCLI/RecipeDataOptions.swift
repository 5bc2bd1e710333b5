import Anneal
import ArgumentParser

/// How the rows of a recipe are prepared, for `anneal data prepare RECIPE.yaml`.
struct RecipeDataOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "With a recipe, a key of it; may be given several times.", valueName: "key=value"))
  var set: [String] = []

  @Flag(help: "With a recipe, prepare its rows anew, even when they are there.")
  var noCache = false

  /// The recipe among `files`; nil when they are data.
  static func recipe(_ files: [String]) -> String? {
    files.count == 1 && [".yaml", ".yml"].contains(where: files[0].lowercased().hasSuffix)
      ? files[0] : nil
  }

  /// Prepares the rows of the recipe that `files` is.
  func prepare(_ files: [String], _ console: Console) throws {
    let recipe = try Recipe(file: Self.recipe(files), settings: set, flags: [:])
    let prepared = try WorkLine.during(console, stopping: .bySelf) {
      try PreparedData(
        recipe, isAnew: noCache, shouldStop: { Interruption.isRequested },
        tell: {
          console.endTransient()
          console.note($0)
        })
    }
    console.result(prepared.json, prepared.description)
  }
}
