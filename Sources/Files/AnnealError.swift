/// What went wrong, where, and how to mend it.
///
/// A struct with an open set of codes, so that a new code breaks no caller. The command line maps
/// codes to exit statuses, and a server to HTTP statuses, each in one file.
public struct AnnealError: Error, Sendable {
  /// The kind of failure.
  public struct Code: Sendable, Hashable, CustomStringConvertible {
    /// The code's name, such as `data`.
    public let description: String
    init(_ description: String) { self.description = description }

    /// The command line is wrong.
    public static let usage = Code("usage")
    /// A recipe or a setting in it is wrong.
    public static let recipe = Code("recipe")
    /// A data file is unusable.
    public static let data = Code("data")
    /// A model, tokenizer, template or adapter is unusable.
    public static let model = Code("model")
    /// Memory ran out, or a budget was reached.
    public static let outOfMemory = Code("out of memory")
    /// The disk is full or a file cannot be written.
    public static let storage = Code("storage")
    /// The work itself failed.
    public static let failed = Code("failed")
    /// A gate said no.
    public static let gate = Code("gate")
    /// The user or the system asked the work to stop.
    public static let interrupted = Code("interrupted")
  }

  /// A place in a file that a person can open.
  public struct Place: Sendable, Hashable, CustomStringConvertible {
    /// The file's path.
    public var file: String
    /// The line, from 1.
    public var line: Int?
    /// The column, from 1, in characters.
    public var column: Int?
    /// The field or key, such as `messages[2].role`.
    public var field: String?

    /// A place in `file`.
    public init(file: String, line: Int? = nil, column: Int? = nil, field: String? = nil) {
      self.file = file
      self.line = line
      self.column = column
      self.field = field
    }

    /// `file:line:column:field`, as far as known.
    public var description: String {
      ([file] + [line, column].compactMap { $0.map(String.init) } + [field].compactMap { $0 })
        .joined(separator: ":")
    }
  }

  /// The kind of failure.
  public var code: Code
  /// What was found and what was expected, as one sentence.
  public var message: String
  /// Where.
  public var place: Place?
  /// What the reader can do about it.
  public var remedy: String?
  /// The failure beneath this one.
  public var cause: (any Error)?

  /// A failure of kind `code`.
  public init(
    _ code: Code, _ message: String, at place: Place? = nil, remedy: String? = nil,
    cause: (any Error)? = nil
  ) {
    self.code = code
    self.message = message
    self.place = place
    self.remedy = remedy
    self.cause = cause
  }
}

extension AnnealError: CustomStringConvertible {
  /// `file:line: message` and the remedy on a line of its own.
  public var description: String {
    var text = place.map { "\($0): " } ?? ""
    text += message
    if let cause { text += " (\(cause))" }
    if let remedy { text += "\n  \(remedy)" }
    return text
  }
}

/// The candidate nearest to a misspelt word, for "did you mean".
///
/// - Returns: the candidate at the smallest edit distance, when that is at most a third of the
///   longer word's length (at least 2), else nil.
public func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
  let scored = candidates.map { ($0, editDistance(word, $0)) }
  guard let best = scored.min(by: { ($0.1, $0.0) < ($1.1, $1.0) }) else { return nil }
  return best.1 <= max(2, max(word.count, best.0.count) / 3) ? best.0 : nil
}

/// Levenshtein's distance in characters.
private func editDistance(_ a: String, _ b: String) -> Int {
  let a = Array(a)
  let b = Array(b)
  var previous = Array(0...b.count)
  for (i, x) in a.enumerated() {
    var current = [i + 1]
    for (j, y) in b.enumerated() {
      current.append(Swift.min(previous[j + 1] + 1, current[j] + 1, previous[j] + (x == y ? 0 : 1)))
    }
    previous = current
  }
  return previous[b.count]
}
