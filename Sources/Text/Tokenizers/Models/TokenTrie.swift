/// Tokens as a tree of bytes, in which every token that a text begins with is met on one walk.
struct TokenTrie: Sendable {
  static let root: Int32 = 0

  /// The parent's number and the byte, plus one; zero is an empty slot.
  private var keys: [UInt64]
  private var children: [Int32]
  /// For each node, the token that ends there; -1 when none does.
  private var tokens: [Int32] = [-1]

  init(capacity: Int = 16) {
    var size = 64
    while size < capacity * 8 { size *= 2 }
    keys = Array(repeating: 0, count: size)
    children = Array(repeating: 0, count: size)
  }

  /// Puts in a token, in place of an earlier one of the same bytes.
  mutating func insert(_ token: some Sequence<UInt8>, _ id: Int32) {
    var node = Self.root
    for byte in token {
      if let child = child(of: node, byte) {
        node = child
        continue
      }
      if tokens.count * 2 > keys.count { grow() }
      let new = Int32(truncatingIfNeeded: tokens.count)
      place(Self.key(node, byte), new)
      tokens.append(-1)
      node = new
    }
    tokens[Int(node)] = id
  }

  /// The node that `byte` leads to.
  @inline(__always)
  func child(of node: Int32, _ byte: UInt8) -> Int32? {
    let slot = slot(Self.key(node, byte))
    return keys[slot] == 0 ? nil : children[slot]
  }

  /// The token that ends at a node.
  @inline(__always)
  func token(at node: Int32) -> Int32? {
    let token = tokens[Int(node)]
    return token < 0 ? nil : token
  }

  /// The longest token that `text` begins with, and its length in bytes.
  func longestToken(
    in text: UnsafeBufferPointer<UInt8>, from start: Int
  ) -> (id: Int32, length: Int)? {
    var best: (id: Int32, length: Int)?
    var node = Self.root
    var index = start
    while index < text.count, let next = child(of: node, text[index]) {
      node = next
      index += 1
      if let id = token(at: node) { best = (id, index - start) }
    }
    return best
  }

  private mutating func place(_ key: UInt64, _ child: Int32) {
    let slot = slot(key)
    keys[slot] = key
    children[slot] = child
  }

  private mutating func grow() {
    let old = (keys, children)
    keys = Array(repeating: 0, count: old.0.count * 2)
    children = Array(repeating: 0, count: old.0.count * 2)
    for index in old.0.indices where old.0[index] != 0 { place(old.0[index], old.1[index]) }
  }

  @inline(__always)
  private static func key(_ node: Int32, _ byte: UInt8) -> UInt64 {
    (UInt64(UInt32(bitPattern: node)) << 8 | UInt64(byte)) + 1
  }

  /// The slot that holds `key`, or the empty one where it belongs.
  @inline(__always)
  private func slot(_ key: UInt64) -> Int {
    let mask = keys.count - 1
    var slot = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
    while keys[slot] != 0 && keys[slot] != key { slot = (slot + 1) & mask }
    return slot
  }
}
