/// Cuts where the script changes, as SentencePiece does while it is trained.
///
/// Japanese counts as one script; spaces and scalars that have no script go with what is before them,
/// and where nothing is before them they are lost, as in `tokenizers`.
struct UnicodeScriptsPreTokenizer: PreTokenizer {
  func split(_ text: inout PieceText) {
    text.split(SplitPattern(self), .removed, isInverted: true)
  }
}

extension UnicodeScriptsPreTokenizer: WordScanner {
  func match(_ text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Int {
    let first = scalar(text, at: start)
    var current = ScriptRanges.shared[first.value]
    if current == ScriptRanges.none { return start }
    var index = start + first.length
    while index < end {
      let next = scalar(text, at: index)
      let script = ScriptRanges.shared[next.value]
      if script != ScriptRanges.none {
        if script != current { return index }
        current = script
      }
      index += next.length
    }
    return end
  }
}

/// Which script a scalar is of, as a number without further meaning.
struct ScriptRanges: Sendable {
  static let shared = ScriptRanges()
  /// What has no script.
  static let none: UInt8 = 0xFF

  private var starts: [UInt32] = []
  private var ends: [UInt32] = []
  private var scripts: [UInt8] = []

  /// Reads entries such as `41-5A=1` in hexadecimal, in order, or `AA=1` for one scalar.
  private init() {
    for entry in ScriptTable.ranges.split(separator: " ") {
      let sides = entry.split(separator: "=")
      let bounds = sides[0].split(separator: "-").compactMap { UInt32($0, radix: 16) }
      guard sides.count == 2, let script = UInt8(sides[1], radix: 16), let start = bounds.first,
        let end = bounds.last
      else { continue }
      starts.append(start)
      ends.append(end)
      scripts.append(script)
    }
  }

  /// The script of a scalar, by bisection.
  subscript(value: UInt32) -> UInt8 {
    var (low, high) = (0, starts.count)
    while low < high {
      let middle = (low + high) / 2
      if ends[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low < starts.count && starts[low] <= value ? scripts[low] : Self.none
  }
}
