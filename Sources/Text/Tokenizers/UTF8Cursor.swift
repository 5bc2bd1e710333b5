/// The scalar that begins at `index` of well-formed UTF-8, and how many bytes it takes.
@inline(__always)
func scalar(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> (value: UInt32, length: Int) {
  let first = UInt32(text[index])
  if first < 0x80 { return (first, 1) }
  if first < 0xE0 { return ((first & 0x1F) << 6 | tail(text, index + 1), 2) }
  if first < 0xF0 {
    return ((first & 0x0F) << 12 | tail(text, index + 1) << 6 | tail(text, index + 2), 3)
  }
  return (
    (first & 0x07) << 18 | tail(text, index + 1) << 12 | tail(text, index + 2) << 6
      | tail(text, index + 3), 4
  )
}

/// How many bytes the scalar that begins with `lead` takes.
@inline(__always)
func utf8Length(lead: UInt8) -> Int {
  lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
}

/// Where the scalar that ends just before `index` begins.
@inline(__always)
func scalarStart(_ text: UnsafeBufferPointer<UInt8>, before index: Int, from start: Int) -> Int {
  var place = index - 1
  while place > start, text[place] & 0xC0 == 0x80 { place -= 1 }
  return place
}

/// Six bits of a continuation byte; zero past the end, where a cut character would reach.
@inline(__always)
private func tail(_ text: UnsafeBufferPointer<UInt8>, _ index: Int) -> UInt32 {
  index < text.count ? UInt32(text[index] & 0x3F) : 0
}
