extension Recipe {
  /// The reference of every key as Markdown, which is `docs/guide/recipe-reference.md`.
  public static var reference: String {
    var text = """
      # Recipe reference

      A recipe is a YAML file of `key: value` lines. Three keys are required: \
      `model_name_or_path`, `datasets` and `output_dir`; every other key has the default shown \
      here. `--set key=value` on the command line beats the recipe, and a flag such as `--device` \
      beats both. A key that is misspelt, unsupported or of the wrong type is an error that names \
      the file, the line and the key. `null` means "as if the key were not there".

      Every run writes the resolved recipe, with all defaults, into its folder as `recipe.yaml`. \
      Keys marked with * may change when a run is resumed; changing another one makes an exact \
      resume impossible.

      This page is generated from the table in `Sources/Anneal/Recipe/RecipeTable.swift`.

      """
    for section in RecipeKey.Section.allCases {
      text += "\n## \(section.rawValue)\n\n| key | value | default | meaning |\n|---|---|---|---|\n"
      for key in RecipeKey.all where key.section == section { text += row(key) }
    }
    return text
  }

  private static func row(_ key: RecipeKey) -> String {
    let star = key.affectsResult ? "" : " *"
    let aliases = key.aliases.map { "`\($0)`" }.joined(separator: ", ")
    let also = aliases.isEmpty ? "" : "<br>also \(aliases)"
    let isWords = key.isRequired || key.standard.contains(" ") || key.standard == "none"
    let standard = isWords ? key.standard : "`\(key.standard)`"
    return "| `\(key.name)`\(star)\(also) | \(key.type) | \(standard) | \(key.summary) |\n"
  }

  /// Every key with its default and meaning as plain text, for `--help`.
  public static var help: String {
    var text = ""
    for section in RecipeKey.Section.allCases {
      text += (text.isEmpty ? "" : "\n") + "\(section.rawValue.uppercased())\n"
      for key in RecipeKey.all where key.section == section {
        text += "  \(key.name) (\(key.standard))\n"
        for line in wrapped(key.summary, width: 72) { text += "      \(line)\n" }
      }
    }
    return text
  }
}
