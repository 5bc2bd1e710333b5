public import AnnealFiles

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

extension Folder {
  /// The folder for what can be made or fetched again, and is kept to save time: `ANNEAL_CACHE`, or
  /// `anneal` in the user's cache folder.
  public static var cache: String {
    func variable(_ name: String) -> String? {
      guard let value = getenv(name).map({ String(cString: $0) }), !value.isEmpty else {
        return nil
      }
      return value
    }
    return variable("ANNEAL_CACHE") ?? (variable("XDG_CACHE_HOME") ?? home + "/.cache") + "/anneal"
  }

  /// Gives the file at `path` the name `other`, in place of what stands there.
  static func move(_ path: String, to other: String) throws {
    guard rename(path, other) == 0 else {
      throw AnnealError(
        .storage, "the file cannot be renamed: \(String(cString: strerror(errno)))",
        at: .init(file: other))
    }
  }

  /// Size and time of the last change of the file at `path`; nil when it is no plain file.
  static func stamp(of path: String) -> String? {
    var facts = stat()
    guard stat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { return nil }
    #if canImport(Darwin)
      let time = facts.st_mtimespec
    #else
      let time = facts.st_mtim
    #endif
    return "\(facts.st_size) \(time.tv_sec).\(time.tv_nsec)"
  }
}

extension SHA256Digest {
  /// The digest of the file at `path`, of which a piece at a time is in memory.
  ///
  /// A mapped file would count as memory of this process, all of it.
  static func hex(reading path: String) throws -> String {
    var digest = Running()
    let file = try InputFile(path: path)
    var goesOn = true
    while goesOn {
      var piece: [UInt8] = []
      goesOn = try file.read(1 << 20, into: &piece)
      digest.add(piece)
    }
    return digest.hex
  }
}
