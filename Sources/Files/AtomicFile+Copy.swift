extension AtomicFile {
  /// Copies the file at `source` to `path`.
  public static func copy(_ source: String, to path: String) throws {
    let mapped = try MappedFile(path: source, code: .storage)
    // The bytes are valid only while the file object lives, whatever the optimiser thinks of it.
    try withExtendedLifetime(mapped) {
      try write(to: path, expectedBytes: mapped.bytes.count) { try $0.write(mapped.bytes) }
    }
  }
}
