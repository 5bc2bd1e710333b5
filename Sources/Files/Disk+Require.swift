extension Disk {
  /// Refuses to begin what would not fit.
  ///
  /// - Parameters:
  ///   - bytes: what will be written.
  ///   - path: where; it need not be there yet.
  ///   - what: what it is, for the message.
  public static func require(bytes: Int, at path: String, for what: String) throws {
    guard let free = freeBytes(at: path), free < bytes else { return }
    throw AnnealError(
      .storage, "\(bytes) bytes are needed for \(what); \(free) are free", at: .init(file: path),
      remedy: "Free some space, or write to another disk.")
  }
}
