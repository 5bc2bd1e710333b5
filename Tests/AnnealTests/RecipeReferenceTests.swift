import Foundation
import Testing

@testable import Anneal

/// The checkout that this file lies in.
let checkout = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent()

@Suite struct RecipeReferenceTests {
  /// Set `ANNEAL_WRITE_REFERENCE` to write the page anew after a change of the table.
  @Test func `the reference page is the table`() throws {
    let page = checkout.appending(path: "docs/guide/recipe-reference.md")
    if ProcessInfo.processInfo.environment["ANNEAL_WRITE_REFERENCE"] != nil {
      try Data(Recipe.reference.utf8).write(to: page)
    }
    #expect(try String(contentsOf: page, encoding: .utf8) == Recipe.reference)
  }

  @Test func `the help names every key`() {
    for key in RecipeKey.all { #expect(Recipe.help.contains("\n  \(key.name) (")) }
  }

  @Test(arguments: ["sft-lora", "sft-full", "pretrain", "continued-pretraining"])
  func `a ready recipe can be read`(name: String) throws {
    let path = checkout.appending(path: "Recipes/\(name).yaml").path
    let recipe = try Recipe(file: path)
    #expect(recipe.stage == (name.hasPrefix("sft") ? .sft : .pt))
    #expect(recipe.outputDir == "runs/\(name)")
  }
}
