public import AnnealFiles

extension TemporaryFolder {
  /// Writes `bytes` to a file called `name` and returns its path; not synchronised, for speed.
  public func file(_ name: String, _ bytes: [UInt8]) throws -> String {
    let output = try OutputFile(path: path + "/" + name)
    try output.write(bytes)
    return path + "/" + name
  }

  /// Writes `text` to a file called `name` and returns its path.
  public func file(_ name: String, _ text: String) throws -> String {
    try file(name, Array(text.utf8))
  }
}

/// The bytes of the file at `path`.
public func contents(_ path: String) throws -> [UInt8] {
  let file = try MappedFile(path: path)
  return withExtendedLifetime(file) { Array(file.bytes) }
}

/// The error that `body` throws, nil when it throws none.
public func failure(of body: () throws -> Void) -> AnnealError? {
  do {
    try body()
    return nil
  } catch {
    return error as? AnnealError
  }
}
