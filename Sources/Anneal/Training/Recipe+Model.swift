internal import AnnealModels
internal import AnnealNeural

/// What the files of a recipe's model say, without its weights.
extension Recipe {
  /// The chat template's file or name: the recipe's, or that beside the adapter; nil for the model's
  /// own.
  var template: String? {
    chatTemplate ?? adapterNameOrPath.flatMap(LanguageModel.templateFile)
  }

  /// Makes rows no longer than the model has positions; what to say when that changed anything.
  ///
  /// - Throws: `AnnealError` when the model's folder or its configuration cannot be read.
  mutating func fitLengthToModel() throws -> String? {
    let file = try ModelFolder(modelNameOrPath).configuration()
    let configuration = try ModelRegistry.builtin.family(of: file).configuration(file)
    return fitLength(to: configuration.maximumPositions)
  }
}
