public import AnnealFiles

/// A template in Jinja that writes a text from the fields of a row, as evaluation tasks have them.
///
/// The language is Jinja's with its own settings, not those of chat templates: lines keep their space
/// and newlines, and printing what is not there is an error. There is one filter more,
/// `regex_replace(pattern, replacement)`, with the patterns of Python.
public struct TextTemplate: Sendable {
  /// The template's text.
  public let source: String
  private let program: Program

  /// The template that `source` holds.
  ///
  /// - Parameter name: what errors call it, such as `arc.yaml#doc_to_text`.
  /// - Throws: `AnnealError` of kind `recipe` with line and column when `source` is no template.
  public init(source: String, name: String) throws {
    self.source = source
    do { program = try Program(source: source, name: name, dialect: .text) } catch {
      throw Self.blamingTheTask(error)
    }
  }

  /// Refuses a template that speaks of a name that is none of `names`, nor set in it.
  ///
  /// - Parameter kind: what the names are called, such as `placeholder`.
  /// - Throws: `AnnealError` of kind `recipe` with line and column, and the names that there are.
  public func check(names: [String], kind: String) throws {
    guard let stray = FreeNames.of(program).first(where: { !names.contains($0.name) }) else {
      return
    }
    let hint = nearest(to: stray.name, among: names).map { "; did you mean '\($0)'?" } ?? ""
    throw AnnealError(
      .recipe, "there is no \(kind) '\(stray.name)'\(hint)",
      at: .init(file: program.name, line: stray.position.line, column: stray.position.column),
      remedy: names.isEmpty
        ? "There are none here." : "There are: \(names.joined(separator: ", ")).")
  }

  /// The text that the template makes of `fields`.
  ///
  /// - Throws: `AnnealError` of kind `recipe` with the template's name, line and column.
  public func render(_ fields: JSON) throws -> String {
    var values: [String: Value] = [:]
    for (name, value) in fields.members { values[name] = Value(value) }
    do { return try Renderer(program, clock: .system).render(values) } catch let fault as Fault {
      throw Self.blamingTheTask(fault.located(Position(line: 1, column: 1), in: program.name))
    } catch {
      throw Self.blamingTheTask(error)
    }
  }

  /// The same failure as one of the task's file, not of a model.
  private static func blamingTheTask(_ error: any Error) -> any Error {
    guard var error = error as? AnnealError else { return error }
    error.code = .recipe
    return error
  }
}
