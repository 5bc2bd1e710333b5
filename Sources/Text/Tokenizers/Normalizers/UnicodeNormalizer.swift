/// The normalization forms of Unicode (UAX 15), over the tables of the pinned version.
struct UnicodeNormalizer: Normalizer {
  enum Form: Sendable {
    case nfc, nfd, nfkc, nfkd

    var composes: Bool { self == .nfc || self == .nfkc }
    var isCompatible: Bool { self == .nfkc || self == .nfkd }
  }

  /// A scalar of the new text.
  private struct Piece {
    var value: UInt32
    var combiningClass: UInt8
    /// How many scalars the new text has gained with it: 1 for the rest of a decomposition, -1 for
    /// one that was joined from two.
    var change: Int
  }

  let form: Form

  func normalize(_ text: inout NormalizedText) {
    if text.bytes.allSatisfy({ $0 < firstLead }) { return }
    let old = text
    let decompositions = Decompositions.shared
    let isStable = old.bytes.withUnsafeBufferPointer { bytes in
      var index = 0
      while index < bytes.count {
        let next = scalar(bytes, at: index)
        if !decompositions.isStable(next.value, form) { return false }
        index += next.length
      }
      return true
    }
    if isStable { return }
    var pieces = decomposed(old.bytes, decompositions)
    reorder(&pieces)
    if form.composes { pieces = composed(pieces, decompositions) }
    text.rewrite(pieces.lazy.map { PlacedScalar(value: $0.value, change: $0.change) })
  }

  /// Below this byte no scalar begins that the form changes.
  private var firstLead: UInt8 {
    switch form {
    case .nfc: 0xCC  // U+0300
    case .nfd: 0xC3  // U+00C0
    case .nfkc, .nfkd: 0xC2  // U+00A0
    }
  }

  private func decomposed(_ bytes: [UInt8], _ table: Decompositions) -> [Piece] {
    var pieces: [Piece] = []
    pieces.reserveCapacity(bytes.count)
    bytes.withUnsafeBufferPointer { bytes in
      var index = 0
      while index < bytes.count {
        let next = scalar(bytes, at: index)
        var change = 0
        table.decompose(next.value, isCompatible: form.isCompatible) { value in
          pieces.append(
            Piece(value: value, combiningClass: table.combiningClass(value), change: change))
          change = 1
        }
        index += next.length
      }
    }
    return pieces
  }

  /// Sorts each run of marks by combining class, stably.
  private func reorder(_ pieces: inout [Piece]) {
    var start = 0
    while start < pieces.count {
      guard pieces[start].combiningClass != 0 else {
        start += 1
        continue
      }
      var end = start
      while end < pieces.count, pieces[end].combiningClass != 0 { end += 1 }
      let run = pieces[start..<end].enumerated().sorted {
        ($0.element.combiningClass, $0.offset) < ($1.element.combiningClass, $1.offset)
      }
      pieces.replaceSubrange(start..<end, with: run.map(\.element))
      start = end
    }
  }

  private func composed(_ pieces: [Piece], _ table: Decompositions) -> [Piece] {
    var result: [Piece] = []
    result.reserveCapacity(pieces.count)
    var starter: Int?
    var lastClass = -1
    for piece in pieces {
      let isNextToStarter = lastClass < Int(piece.combiningClass)
      if let starter, isNextToStarter,
        let value = table.composition(result[starter].value, piece.value)
      {
        result[starter].value = value
        result[starter].change += piece.change - 1
        continue
      }
      result.append(piece)
      if piece.combiningClass == 0 {
        starter = result.count - 1
        lastClass = -1
      } else {
        lastClass = Int(piece.combiningClass)
      }
    }
    return result
  }
}
