/// Which files of a repository are wanted.
public struct FileSelection: Sendable, Hashable {
  /// Patterns of which a file must fit one; none lets all in.
  public var include: [String]
  /// Patterns of which a file must fit none.
  public var exclude: [String]

  /// A selection by patterns with `*`, `?` and `[…]`; `*` stands for slashes too, and a pattern that
  /// ends with a slash for all below that folder, as `huggingface_hub` has it.
  public init(include: [String] = [], exclude: [String] = []) {
    (self.include, self.exclude) = (include, exclude)
  }

  /// The files of `files` that are wanted, and those left out because they repeat others.
  ///
  /// Without patterns, weights of a model in a second format are left out where there are safetensors.
  func choose(
    from files: [HubFile], kind: RepositoryID.Kind
  ) -> (chosen: [HubFile], repeats: [HubFile]) {
    let wanted = files.filter { file in
      (include.isEmpty || include.contains { Pattern($0).fits(file.path) })
        && !exclude.contains { Pattern($0).fits(file.path) }
    }
    guard kind == .model, include.isEmpty else { return (wanted, []) }
    let folders = Set(
      wanted.filter { $0.path.hasSuffix(".safetensors") }.map { Self.folder(of: $0.path) })
    return (
      wanted.filter { !Self.isRepeat($0.path, beside: folders) },
      wanted.filter { Self.isRepeat($0.path, beside: folders) }
    )
  }

  /// Weights in a format that repeats safetensors in the same folder.
  private static let besideEndings = ["bin", "pt", "h5", "msgpack", "bin.index.json"]
  /// Weights in a format that repeats safetensors in the same folder or one above.
  private static let belowEndings = [
    "pth", "onnx", "onnx_data", "gguf", "tflite", "ot", "mlmodel",
  ]

  private static func isRepeat(_ path: String, beside folders: Set<String>) -> Bool {
    let folder = folder(of: path)
    func ends(_ endings: [String]) -> Bool { endings.contains { path.hasSuffix("." + $0) } }
    if ends(besideEndings) { return folders.contains(folder) }
    guard ends(belowEndings) else { return false }
    return folders.contains { $0.isEmpty || $0 == folder || folder.hasPrefix($0 + "/") }
  }

  private static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
  }
}

/// A pattern of file names, as a shell's, but `*` stands for slashes too.
struct Pattern {
  private let pattern: [Character]

  init(_ text: String) { pattern = Array(text.hasSuffix("/") ? text + "*" : text) }

  /// Whether `name` fits.
  ///
  /// Only the last `*` is ever taken back, so that no pattern takes more than |pattern| · |name| steps.
  func fits(_ name: String) -> Bool {
    let name = Array(name)
    var (at, place) = (0, 0)
    var star: (at: Int, place: Int)?
    while place < name.count {
      if at < pattern.count, pattern[at] == "*" {
        star = (at + 1, place)
        at += 1
      } else if let next = step(at, name[place]) {
        (at, place) = (next, place + 1)
      } else if let last = star {
        star = (last.at, last.place + 1)
        (at, place) = (last.at, last.place + 1)
      } else {
        return false
      }
    }
    return pattern[at...].allSatisfy { $0 == "*" }
  }

  /// Where the pattern goes on when what stands at `at` takes `character`; nil when it does not.
  private func step(_ at: Int, _ character: Character) -> Int? {
    guard at < pattern.count else { return nil }
    switch pattern[at] {
    case "?": return at + 1
    case "[": return set(at, character)
    default: return pattern[at] == character ? at + 1 : nil
    }
  }

  private func set(_ at: Int, _ character: Character) -> Int? {
    var place = at + 1
    let isNegated = place < pattern.count && pattern[place] == "!"
    if isNegated { place += 1 }
    // A bracket that stands first is meant itself.
    guard place < pattern.count,
      let end = pattern[(place + 1)...].firstIndex(of: "]")
    else { return pattern[at] == character ? at + 1 : nil }
    var isIn = false
    while place < end {
      if place + 2 < end, pattern[place + 1] == "-" {
        if pattern[place] <= character, character <= pattern[place + 2] { isIn = true }
        place += 3
      } else {
        if pattern[place] == character { isIn = true }
        place += 1
      }
    }
    return isIn != isNegated ? end + 1 : nil
  }
}
