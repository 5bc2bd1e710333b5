/// A map from byte strings to small integers, made for vocabularies and word counts.
///
/// Keys lie one after another in one buffer and are found by open addressing, so that a lookup
/// allocates nothing and compares bytes: two strings that are canonically equivalent are two keys,
/// as a vocabulary needs and `Dictionary<String, …>` does not give.
struct ByteTable: Sendable {
  private var storage: [UInt8] = []
  /// Where each key begins; one more than there are keys.
  private var starts: [Int] = [0]
  /// The high half of a hash beside an entry's number plus one; zero is an empty slot.
  private var slots: [UInt64]
  /// The values, in the order in which their keys came.
  private(set) var values: [Int32] = []

  init(capacity: Int = 16) {
    var size = 32
    while size < capacity * 2 { size *= 2 }
    slots = Array(repeating: 0, count: size)
    values.reserveCapacity(capacity)
    starts.reserveCapacity(capacity + 1)
  }

  var count: Int { values.count }

  /// The key that came as number `entry`.
  func key(_ entry: Int) -> ArraySlice<UInt8> { storage[starts[entry]..<starts[entry + 1]] }

  subscript(key: UnsafeBufferPointer<UInt8>) -> Int32? {
    let entry = entry(of: key, hash: hash(of: key))
    return entry >= 0 ? values[entry] : nil
  }

  subscript(key: [UInt8]) -> Int32? { key.withUnsafeBufferPointer { self[$0] } }

  /// Gives `key` the value, in place of the one it has.
  mutating func set(_ key: UnsafeBufferPointer<UInt8>, _ value: Int32) {
    let hash = hash(of: key)
    let entry = entry(of: key, hash: hash)
    if entry >= 0 { values[entry] = value } else { append(key, hash, value) }
  }

  /// The number of `key`, which gets the value `value` when it is new.
  mutating func number(of key: UnsafeBufferPointer<UInt8>, newValue value: Int32) -> Int {
    let hash = hash(of: key)
    let entry = entry(of: key, hash: hash)
    if entry >= 0 { return entry }
    append(key, hash, value)
    return values.count - 1
  }

  private mutating func append(_ key: UnsafeBufferPointer<UInt8>, _ hash: UInt64, _ value: Int32) {
    storage.append(contentsOf: key)
    starts.append(storage.count)
    values.append(value)
    if values.count * 2 > slots.count { grow() } else { place(hash, values.count) }
  }

  private mutating func place(_ hash: UInt64, _ number: Int) {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != 0 { slot = (slot + 1) & mask }
    slots[slot] = hash & 0xFFFF_FFFF_0000_0000 | UInt64(number)
  }

  private mutating func grow() {
    slots = Array(repeating: 0, count: slots.count * 2)
    for entry in values.indices {
      let hash = key(entry).withUnsafeBufferPointer { hashOfBytes($0) }
      place(hash, entry + 1)
    }
  }

  @inline(__always)
  private func hash(of key: UnsafeBufferPointer<UInt8>) -> UInt64 { hashOfBytes(key) }

  private func entry(of key: UnsafeBufferPointer<UInt8>, hash: UInt64) -> Int {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while true {
      let word = slots[slot]
      if word == 0 { return -1 }
      if word >> 32 == hash >> 32 {
        let entry = Int(word & 0xFFFF_FFFF) - 1
        if equals(key, entry) { return entry }
      }
      slot = (slot + 1) & mask
    }
  }

  private func equals(_ key: UnsafeBufferPointer<UInt8>, _ entry: Int) -> Bool {
    let start = starts[entry]
    guard starts[entry + 1] - start == key.count else { return false }
    return storage.withUnsafeBufferPointer { bytes in
      for index in 0..<key.count where bytes[start + index] != key[index] { return false }
      return true
    }
  }
}

/// How often words came up.
struct WordCounts: Sendable {
  private var words = ByteTable(capacity: 1 << 12)
  /// The counts, in the order in which the words came first.
  private(set) var counts: [Int] = []

  var count: Int { counts.count }

  /// The word that came as number `entry`.
  func key(_ entry: Int) -> ArraySlice<UInt8> { words.key(entry) }

  mutating func add(_ word: UnsafeBufferPointer<UInt8>) {
    let number = words.number(of: word, newValue: 0)
    if number < counts.count { counts[number] += 1 } else { counts.append(1) }
  }
}

/// A 64-bit hash of `bytes`, eight at a time; good enough for tables in memory, never written down.
@inline(__always)
func hashOfBytes(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
  let multiplier: UInt64 = 0x9E37_79B9_7F4A_7C15
  var hash = UInt64(truncatingIfNeeded: bytes.count) &* multiplier
  var index = 0
  let raw = UnsafeRawBufferPointer(bytes)
  while bytes.count - index >= 8 {
    hash = (hash ^ raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)) &* multiplier
    hash ^= hash >> 32
    index += 8
  }
  var rest: UInt64 = 0
  while index < bytes.count {
    rest = rest << 8 | UInt64(bytes[index])
    index += 1
  }
  hash = (hash ^ rest) &* multiplier
  hash ^= hash >> 29
  hash = hash &* 0xBF58_476D_1CE4_E5B9
  return hash ^ hash >> 32
}
