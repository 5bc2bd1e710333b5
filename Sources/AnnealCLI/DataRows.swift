import Anneal
import AnnealDatasets
import AnnealFiles
import AnnealText
import ArgumentParser

/// The rows that a verb looks at, of data files or of a recipe, and how they become tokens.
struct DataRows {
  /// The files, and how each is read.
  let sources: [RowSource]
  /// How rows become examples.
  let settings: PreparationSettings
  /// What turns them into tokens; nil without a model.
  let encoder: ConversationEncoder?
  /// Tells what is to be known of the chat template, for when a row is written by it.
  let tellTemplate: () throws -> Void

  /// The rows of `files`, as options or the recipe say.
  init(
    _ files: [String], _ reading: SourceOptions, split: String?, model: String?,
    _ encoding: EncodingOptions, _ console: Console
  ) throws {
    guard let recipe = RecipeDataOptions.recipe(files) else {
      sources = try reading.sources(files, split: split)
      settings = encoding.settings
      let loaded = try model.map { try encoding.encoder($0, console) }
      encoder = loaded?.encoder
      tellTemplate = loaded?.tellTemplate ?? {}
      return
    }
    guard !reading.saysAnything, encoding.isStandard, split == nil, model == nil else {
      throw AnnealError(
        .usage, "a recipe says itself how its rows are read and encoded", at: .init(file: recipe),
        remedy: "Change its keys, or name a data file together with the options.")
    }
    let rows = try RecipeRows(Recipe(file: recipe))
    if let note = rows.note { console.note("note: \(note)") }
    (sources, settings) = (rows.sources, rows.settings)
    let own = try rows.encoder()
    encoder = own
    tellTemplate = {
      try TemplateChoice.tell(
        of: own, rows.model, rows.template.map { _ in own.template }, option: "chat_template",
        console)
    }
  }
}

extension EncodingOptions {
  /// Whether nothing else is asked for than what goes without saying.
  fileprivate var isStandard: Bool {
    chatTemplate == nil && maxLength == 1024 && stage == "sft" && !trainOnInputs
  }
}
