internal import Crypto

/// SHA-256 (FIPS 180-4) as hexadecimal text.
public enum SHA256Digest {
  /// The digest of `text`'s UTF-8.
  public static func hex(of text: String) -> String { hex(of: Array(text.utf8)) }

  /// The digest of `bytes`.
  public static func hex(of bytes: [UInt8]) -> String { hexadecimal(SHA256.hash(data: bytes)) }

  /// The digest of the file at `path`, a piece at a time.
  public static func hex(ofFile path: String) throws -> String {
    let file = try MappedFile(path: path, code: .storage)
    var hash = SHA256()
    withExtendedLifetime(file) {
      var rest = file.bytes[...]
      while !rest.isEmpty {
        let piece = rest.prefix(1 << 20)
        hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: piece))
        rest = rest.dropFirst(piece.count)
      }
    }
    return hexadecimal(hash.finalize())
  }

  /// A digest of bytes that come one part after another.
  public struct Running {
    private var hash = SHA256()

    /// The digest of nothing yet.
    public init() {}

    /// Adds `bytes` behind those before.
    public mutating func add(_ bytes: [UInt8]) { hash.update(data: bytes) }

    /// The digest of all that was added.
    public var hex: String { SHA256Digest.hexadecimal(hash.finalize()) }
  }

  private static func hexadecimal(_ digest: SHA256Digest.Value) -> String {
    digest.map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }

  private typealias Value = SHA256.Digest
}
