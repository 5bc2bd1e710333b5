/// The lower case of every scalar by itself, in the pinned version of Unicode.
struct LowercaseMapping: Sendable {
  static let shared = LowercaseMapping()

  private var changed: [UInt32: String] = [:]

  /// Reads entries such as `41-5A=61` for a run, `100-12E/2=101` for every second of one, and
  /// `130=69,307` for one that becomes several.
  private init() {
    for entry in UnicodeTables.lowercase.split(separator: " ") {
      let sides = entry.split(separator: "=")
      let source = sides[0].split(separator: "/")
      let bounds = source[0].split(separator: "-").compactMap { UInt32($0, radix: 16) }
      let target = sides[1].split(separator: ",").compactMap { UInt32($0, radix: 16) }
      let step: UInt32 = source.count > 1 ? 2 : 1
      for value in stride(from: bounds[0], through: bounds[bounds.count - 1], by: Int(step)) {
        var text = String.UnicodeScalarView()
        for (index, scalar) in target.enumerated() {
          let moved = index == 0 ? scalar + value - bounds[0] : scalar
          text.append(Unicode.Scalar(moved) ?? "\u{FFFD}")
        }
        changed[value] = String(text)
      }
    }
  }

  /// What a scalar becomes; nil when it stays.
  subscript(scalar: Unicode.Scalar) -> String? { changed[scalar.value] }
}
