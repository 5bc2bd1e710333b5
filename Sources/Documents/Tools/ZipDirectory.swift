internal import AnnealFiles

/// The directory of a zip archive, as office documents and books are: read before a tool unpacks it.
///
/// PKWARE's APPNOTE 6.3, §4.3.12 and §4.3.16.
struct ZipDirectory {
  /// The largest that all parts may be together, bytes.
  static let largest = 1 << 30
  /// How much larger than the file itself they may be.
  static let growth = 200

  /// Refuses an archive that is broken, locked, would grow without measure, or whose parts name
  /// places outside.
  static func check(_ file: DocumentFile) throws {
    if file.head.starts(with: [0xD0, 0xCF, 0x11, 0xE0]) {
      throw AnnealError(
        .data, "the document is protected by a password, or of an old kind with a new ending",
        at: file.place(), remedy: "Open it and save it as .\(file.ending) without a password.")
    }
    let bytes = try file.bytes()
    let names = try bytes.withUnsafeBytes { try entries(of: $0, file) }
    for name in names where name.hasPrefix("/") || name.split(separator: "/").contains("..") {
      throw AnnealError(
        .data, "the part '\(name.prefix(80))' of the file lies outside of it", at: file.place(),
        remedy: "The file is a trap or broken; get it anew from where it was made.")
    }
    // Each kind of such document has one of these.
    if names.contains("EncryptedPackage") || names.contains("META-INF/encryption.xml") {
      throw AnnealError(
        .data, "the document is protected by a password or by rights management",
        at: file.place(), remedy: "Save it without, where it may be opened.")
    }
  }

  private static func entries(of bytes: UnsafeRawBufferPointer, _ file: DocumentFile) throws
    -> [String]
  {
    let broken = AnnealError(
      .data, "the file is no zip archive, or its end is missing; \(file.ending) files are archives",
      at: file.place(), remedy: "Fetch or save it again.")
    guard let end = endRecord(bytes) else { throw broken }
    let count = number(bytes, end + 10, 2)
    var place = number(bytes, end + 16, 4)
    var names: [String] = []
    var total = 0
    for _ in 0..<count {
      guard place >= 0, place + 46 <= bytes.count, number(bytes, place, 4) == 0x0201_4B50 else {
        throw broken
      }
      let size = number(bytes, place + 24, 4)
      let lengths = [28, 30, 32].map { number(bytes, place + $0, 2) }
      guard place + 46 + lengths[0] <= bytes.count else { throw broken }
      let name = UnsafeRawBufferPointer(rebasing: bytes[(place + 46)..<(place + 46 + lengths[0])])
      names.append(String(decoding: name, as: UTF8.self))
      if number(bytes, place + 8, 2) & 1 == 1 {
        throw AnnealError(
          .data, "the file is locked with a password", at: file.place(),
          remedy: "Save it without one.")
      }
      total += size
      place += 46 + lengths[0] + lengths[1] + lengths[2]
    }
    // A small document may be a few hundred times larger; a trap is that, and large.
    guard total <= largest, total <= max(1 << 26, bytes.count * growth) else {
      throw AnnealError(
        .data, "the file of \(bytes.count) bytes would unpack to \(total) bytes", at: file.place(),
        remedy: "It is a trap, or broken; leave it out.")
    }
    return names
  }

  /// Where the record at the archive's end begins.
  private static func endRecord(_ bytes: UnsafeRawBufferPointer) -> Int? {
    var place = bytes.count - 22
    let last = max(0, bytes.count - 22 - 65_535)
    while place >= last, place >= 0 {
      if number(bytes, place, 4) == 0x0605_4B50 { return place }
      place -= 1
    }
    return nil
  }

  private static func number(_ bytes: UnsafeRawBufferPointer, _ place: Int, _ count: Int) -> Int {
    guard place >= 0, place + count <= bytes.count else { return -1 }
    return (0..<count).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
  }
}
