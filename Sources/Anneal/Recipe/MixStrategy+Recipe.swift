internal import AnnealDatasets

extension MixStrategy: RecipeChoice {
  static let synonyms: [String: MixStrategy] = [
    "concat": .concatenate, "interleave_under": .interleaveFirstExhausted,
    "interleave_over": .interleaveAllExhausted,
  ]
}
