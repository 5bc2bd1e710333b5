public import AnnealDatasets
public import AnnealText

/// The training rows of a recipe and how its run will read and encode them, for a look before it.
///
/// The model's weights are not needed, only its tokenizer, its template and its number of positions.
public struct RecipeRows {
  /// The files, and how each is read.
  public let sources: [RowSource]
  /// How rows become examples.
  public let settings: PreparationSettings
  /// What is to be said of the settings; nil for nothing.
  public let note: String?
  /// The model's folder.
  public let model: String
  /// The chat template's file or name; nil for the model's own.
  public let template: String?

  /// The rows of `recipe`.
  ///
  /// - Throws: `AnnealError` when a data set or the model is not there.
  public init(_ recipe: Recipe) throws {
    var recipe = recipe.withWholePaths
    note = try recipe.fitLengthToModel()
    sources = try recipe.datasets.flatMap { try $0.rowSource().byFile() }
    settings = recipe.preparation
    model = recipe.modelNameOrPath
    template = recipe.template
  }

  /// What turns the rows into tokens.
  public func encoder() throws -> ConversationEncoder {
    try ConversationEncoder.load(modelFolder: model, template: template)
  }
}
