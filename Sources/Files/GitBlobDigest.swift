internal import Crypto

/// The name that git gives a file's contents: SHA-1 of `blob`, the size, a zero byte and the bytes.
///
/// The Hub names small files by it. It guards against accidents, not against forgery.
public enum GitBlobDigest {
  /// The name of `bytes`, as hexadecimal text.
  public static func hex(of bytes: [UInt8]) -> String {
    var hash = begun(count: bytes.count)
    hash.update(data: bytes)
    return text(hash)
  }

  /// The name of the file at `path`.
  public static func hex(ofFile path: String) throws -> String {
    let file = try MappedFile(path: path, code: .storage)
    var hash = begun(count: file.bytes.count)
    withExtendedLifetime(file) {
      var rest = file.bytes[...]
      while !rest.isEmpty {
        let piece = rest.prefix(1 << 20)
        hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: piece))
        rest = rest.dropFirst(piece.count)
      }
    }
    return text(hash)
  }

  private static func begun(count: Int) -> Insecure.SHA1 {
    var hash = Insecure.SHA1()
    hash.update(data: Array("blob \(count)\u{0}".utf8))
    return hash
  }

  private static func text(_ hash: Insecure.SHA1) -> String {
    hash.finalize().map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }
}
