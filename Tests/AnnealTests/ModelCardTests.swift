import AnnealFiles
import TestSupport
import Testing

@testable import Anneal

/// Files that come along with models and data, which anybody may have written.
@Suite struct ModelCardTests {
  /// YAML of some hundred bytes that stands for tens of thousands of values.
  private static let growing: String = {
    var lines = ["a0: &a0 [x, x, x, x, x, x, x, x]"]
    for level in 1...4 {
      let parts = [String](repeating: "*a\(level - 1)", count: 8)
      lines.append("a\(level): &a\(level) [\(parts.joined(separator: ", "))]")
    }
    return lines.joined(separator: "\n")
  }()

  @Test(
    arguments: [
      ("license: apache-2.0", "apache-2.0"), ("license:  'mit' # see LICENSE", "mit"),
      ("license: \"cc-by-4.0\"", "cc-by-4.0"), ("license: other  # mine", "other"),
      ("license:\n- mit", nil), ("license: [mit, other]", nil), ("license: a | b", nil),
      ("license: null", nil), ("  license: mit", nil), ("license_name: mit", nil),
      ("licence: mit", nil), ("license: &a mit", nil),
    ] as [(String, String?)])
  func `a licence is found by its line, whatever else the front matter holds`(
    line: String, name: String?
  ) throws {
    let folder = try TemporaryFolder()
    for rest in ["tags: [x", Self.growing, "base_model: some/model"] {
      try folder.write("---\n\(rest)\n\(line)\n---\n# A model\nlicense: gpl\n", to: "README.md")
      #expect(Licence(folder: folder.path).name == name, "\(line)")
    }
    try folder.write("\(line)\n", to: "README.md")
    #expect(Licence(folder: folder.path).name == nil)
    try folder.write("---\n\(line)\n", to: "README.md")
    #expect(Licence(folder: folder.path).name == nil)
  }

  @Test func `aliases are refused before they are followed, in recipes and in tasks`() throws {
    let folder = try TemporaryFolder()
    let minimal = "model_name_or_path: m\noutput_dir: o\ndatasets: a.jsonl\n"
    let texts = [
      minimal + Self.growing, minimal + Self.growing + "\n? [*a4, *a4]\n: x\n",
      "merge_method: &a linear\nmodels: [*a]\n",
    ]
    for text in texts {
      let path = try folder.write(text, to: "some.yaml")
      for read in [
        { _ = try RecipeNode(yaml: text, file: path) }, { _ = try TaskFile(path: path) },
      ] as [() throws -> Void] {
        let error = failure(of: read)
        #expect(error?.code == .recipe && error?.message.contains("aliases") == true)
      }
    }
    let one = failure(of: { _ = try RecipeNode(yaml: "a: 1\nb: &b 2\nc: *b", file: "r.yaml") })
    #expect(one?.place?.line == 2)
    let quoted = try RecipeNode(yaml: "'&a': '*a &b *b'", file: "r.yaml")
    #expect(quoted.found == "a mapping with the keys &a")
  }

  @Test func `a name that stands for one value after another is no way round`() throws {
    let lines = (1...20).map { _ in "- &a [*a, *a]" }
    let text = "- &a [x]\n" + lines.joined(separator: "\n") + "\n- {? [*a] : x}"
    let error = failure(of: { _ = try RecipeNode(yaml: text, file: "r.yaml") })
    #expect(error?.message.contains("aliases") == true)
  }

  @Test func `a recipe of megabytes is refused by its size`() throws {
    let text = String(repeating: "# nothing\n", count: 200_000)
    let error = failure(of: { _ = try RecipeNode(yaml: text, file: "r.yaml") })
    #expect(error?.message.contains("bytes") == true && error?.place?.file == "r.yaml")
  }
}
