#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif
public import AnnealDatasets
internal import AnnealFiles

extension Rubric {
  /// The rubric in the YAML or JSON file at `path`: names and questions, such as
  /// `tone: Is it friendly?`.
  ///
  /// - Throws: `AnnealError` that names file, line and criterion.
  public init(contentsOf path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw AnnealError(
        .recipe, "there is no such rubric, or it cannot be read", at: .init(file: path))
    }
    let node = try RecipeNode(yaml: String(decoding: data, as: UTF8.self), file: path)
    guard case .map(let members) = node.content, !members.isEmpty else {
      throw AnnealError(
        .recipe, "found \(node.found), expected names and questions", at: node.place(nil),
        remedy: "Write lines such as `tone: Is it friendly?`.")
    }
    self.init(
      try members.map { name, question in
        guard let text = question.text, !text.isEmpty else {
          throw question.mismatch(name, expected: "the question as text")
        }
        return Criterion(name: name, question: text)
      })
  }
}
