/// What differs between the places that use Jinja.
struct Dialect: Sendable {
  /// Whether a block takes the newline behind it (`trim_blocks`) and the space before it on its line
  /// (`lstrip_blocks`) with it.
  var trimsBlocks: Bool
  /// Whether a newline at the template's end is written (`keep_trailing_newline`).
  var keepsLastNewline: Bool
  /// Whether printing what is not there is an error (`StrictUndefined`).
  var refusesUndefined: Bool
  /// Filters beside the common ones.
  var filters: [String: Filters.Filter] = [:]

  /// As transformers sets up chat templates.
  static let chat = Dialect(trimsBlocks: true, keepsLastNewline: false, refusesUndefined: false)

  /// As lm-evaluation-harness sets up the templates of its tasks.
  static let text = Dialect(
    trimsBlocks: false, keepsLastNewline: true, refusesUndefined: true,
    filters: ["regex_replace": Filters.replaceExpression])

  /// The filter called `name`.
  func filter(_ name: String) -> Filters.Filter? { filters[name] ?? Filters.table[name] }
}

extension Filters {
  /// `re.sub` of the value's text.
  static let replaceExpression: Filter = { value, arguments, renderer in
    let values = try arguments.bound("pattern", "repl", required: 2, to: "regex_replace")
    let work = renderer.work
    let text = try value.printed(work)
    try work.scan(text)
    guard let pattern = try? PythonPattern(try values[0]?.printed(work) ?? "") else {
      throw Fault("regex_replace needs a regular expression")
    }
    let replaced = pattern.replacing(in: text, with: try values[1]?.printed(work) ?? "")
    try work.makeText(replaced.utf8.count)
    return .string(replaced)
  }
}
