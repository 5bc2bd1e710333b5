/// A value for every scalar: the basic plane lies in a row, the other planes in pages of 256.
///
/// Of neighbouring pages that are alike only one is stored, so that a table of 1.1 million scalars has
/// some 80,000 entries, and the common scalars take one look-up.
struct ScalarTable<Value: Sendable & Equatable>: Sendable {
  /// How many values there are, of all code points.
  static var size: Int { 0x110000 }

  /// The basic plane, then pages.
  private var entries: [Value]
  /// For each page behind the basic plane, where in `entries` it begins.
  private var pages: [UInt32] = []

  /// The table of `values`, one for each code point.
  init(_ values: [Value]) {
    precondition(values.count == Self.size)
    entries = Array(values[..<0x10000])
    for start in stride(from: 0x10000, to: Self.size, by: 0x100) {
      let page = values[start..<start + 0x100]
      if pages.isEmpty || !page.elementsEqual(values[start - 0x100..<start]) {
        pages.append(UInt32(entries.count))
        entries.append(contentsOf: page)
      } else {
        pages.append(pages[pages.count - 1])
      }
    }
  }

  /// The value of a code point, which is below U+110000.
  @inline(__always)
  subscript(scalar: UInt32) -> Value {
    if scalar < 0x10000 { return entries[Int(scalar)] }
    return entries[Int(pages[Int(scalar >> 8) - 0x100]) + Int(scalar & 0xFF)]
  }
}
