import Anneal
public import AnnealDatasets
import AnnealFiles
public import ArgumentParser

/// How the files of a data verb are to be read.
struct SourceOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The data's format; detected by default.", valueName: "name"))
  var format: String?

  @Option(
    name: .customLong("map"),
    help: ArgumentHelp(
      "A column for a field of the format, such as instruction=Question; may be repeated.",
      valueName: "field=column"))
  var columns: [String] = []

  @Option(
    name: .customLong("label"),
    help: ArgumentHelp(
      "A class and the words for it, such as 0=negative; others are then refused. May be repeated.",
      valueName: "class=words"))
  var labels: [String] = []

  @Option(help: ArgumentHelp("A JSON Schema that structured outputs must fit.", valueName: "file"))
  var schema: String?

  @Option(help: "A text that stands before every input.")
  var instruction: String?

  @Option(help: "The system's message of every row.")
  var system: String?

  func validate() throws {
    for pair in columns + labels where Self.parts(pair) == nil {
      throw ValidationError("'\(pair)' has no '='; expected two names, such as output=Answer.")
    }
  }

  /// Whether anything is said of how files are read.
  var saysAnything: Bool {
    let texts = [format, schema, instruction, system].compactMap { $0 }
    return !(columns + labels + texts).isEmpty
  }

  /// The sources that `paths` stand for, a file each.
  ///
  /// - Parameter split: of folders, the files whose name begins with this.
  func sources(_ paths: [String], split: String? = nil) throws -> [RowSource] {
    let mapping = try mapping()
    return try InputPath.resolved(paths).flatMap { path in
      try checkIsNoRecipe(path)
      return try RowSource(path: path, format: format, split: split, mapping: mapping).byFile()
    }
  }

  /// Refuses a recipe, which as a text would be a row to learn.
  private func checkIsNoRecipe(_ path: String) throws {
    guard format == nil, RecipeDataOptions.recipe([path]) != nil else { return }
    throw AnnealError(
      .usage, "a recipe holds no rows of its own", at: .init(file: path),
      remedy: "`anneal data inspect`, `preview` and `prepare` take one recipe alone; name its data "
        + "files here.")
  }

  private func mapping() throws -> RowMapping {
    var constants: [(String, JSON)] = []
    if let schema { constants.append(("schema", try JSONSchemaSubset(contentsOf: schema).schema)) }
    if let instruction { constants.append(("instruction", .string(instruction))) }
    if let system { constants.append(("system", .string(system))) }
    return RowMapping(
      columns: columns.compactMap(Self.parts), labels: labels.compactMap(Self.parts),
      constants: constants)
  }

  private static func parts(_ pair: String) -> (String, String)? {
    let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
    return parts.count == 2 ? (parts[0], parts[1]) : nil
  }
}

/// Which files of a folder are meant.
struct FolderOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Of a folder, the files whose name begins with this, such as train.", valueName: "name"))
  var split: String?
}

extension BadRowPolicy: ExpressibleByArgument {}
