internal import AnnealFiles

/// Joins what the parts of a message say.
enum ChatWords {
  /// The parts, each in lines of its own; what an earlier one says already is left out.
  static func joined(_ parts: [String]) -> String {
    var told: Set<String> = []
    return parts.map(\.trimmed).filter { !$0.isEmpty && told.insert($0).inserted }
      .joined(separator: "\n")
  }

  /// A field that a program shows, `name: value`.
  static func field(_ name: JSON?, _ value: JSON?) -> String {
    [name?.string ?? "", value?.string ?? ""].map(\.trimmed).filter { !$0.isEmpty }
      .joined(separator: ": ")
  }
}
