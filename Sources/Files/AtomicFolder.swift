#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
internal import Synchronization

/// Folders that appear whole or not at all: built beside their place, then renamed.
public enum AtomicFolder {
  /// Builds a folder with `body`, which receives its temporary path, and puts it at `folder`.
  ///
  /// A folder that stands there already is exchanged in one step and then removed; when `body`
  /// throws, it stays. Leftovers of processes that were killed on the way are cleared.
  public static func write(to path: String, _ body: (String) throws -> Void) throws {
    var folder = path
    while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
    try Folder.create(Folder.parent(of: folder) ?? ".")
    let parent = Folder.parent(of: folder) ?? "."
    Partial.clearLeftovers(Folder.name(of: folder) + ".partial-", in: parent)
    let partial = "\(folder).partial-\(Partial.name())"
    do {
      try Folder.create(partial)
      try body(partial)
      for file in Folder.files(below: partial) { synchronize(folder: partial + "/" + file) }
      synchronize(folder: partial)
      try put(partial, at: folder)
    } catch {
      try? Folder.remove(partial)
      throw error
    }
    synchronize(folder: Folder.parent(of: folder) ?? ".")
  }

  private static func put(_ partial: String, at folder: String) throws {
    guard Folder.exists(folder) else {
      guard rename(partial, folder) == 0 else {
        throw StorageError.from(errno, writing: folder)
      }
      return
    }
    if exchange(partial, folder) {
      try Folder.remove(partial)
      return
    }
    // A file system without an exchange: there is a moment in which `folder` is absent.
    let old = "\(folder).partial-\(Partial.name())"
    guard rename(folder, old) == 0 else { throw StorageError.from(errno, writing: folder) }
    guard rename(partial, folder) == 0 else {
      let reason = errno
      rename(old, folder)
      throw StorageError.from(reason, writing: folder)
    }
    try Folder.remove(old)
  }

  private static func exchange(_ a: String, _ b: String) -> Bool {
    #if canImport(Darwin)
      return renamex_np(a, b, UInt32(RENAME_SWAP)) == 0
    #else
      // glibc declares it for C programs with extensions only, so it is looked up by name.
      typealias Rename =
        @convention(c) (
          Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32
        ) -> Int32
      guard let symbol = dlsym(nil, "renameat2") else { return false }
      let exchanges: UInt32 = 2
      return unsafeBitCast(symbol, to: Rename.self)(AT_FDCWD, a, AT_FDCWD, b, exchanges) == 0
    #endif
  }
}

/// Temporary names: where the process runs, its number, and one that keeps its own apart.
enum Partial {
  private static let counter = Atomic<Int>(0)

  /// A name that no other process gives, on this machine or another.
  static func name() -> String {
    "\(place)-\(getpid())-\(counter.add(1, ordering: .relaxed).newValue)"
  }

  /// Where numbers of processes mean the same: this machine since its start, and on Linux a namespace.
  ///
  /// A folder may be shared with containers and other machines, whose processes live though they are
  /// not to be seen from here.
  static let place: String = {
    #if canImport(Glibc)
      let started = try? TextContents.bytes(of: "/proc/sys/kernel/random/boot_id")
      var link = [CChar](repeating: 0, count: 128)
      let count = readlink("/proc/self/ns/pid", &link, link.count)
      let parts = (started ?? []) + link.prefix(max(0, count)).map { UInt8(bitPattern: $0) }
    #else
      var name = [CChar](repeating: 0, count: 256)
      gethostname(&name, name.count)
      let parts = name.map { UInt8(bitPattern: $0) }
    #endif
    // FNV-1a.
    let hash = parts.reduce(0xCBF2_9CE4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01B3
    }
    return String(hash, radix: 16)
  }()

  /// Removes what processes of this place that no longer run left in `folder` under names that begin
  /// with `prefix`.
  static func clearLeftovers(_ prefix: String, in folder: String) {
    for name in Folder.names(in: folder) where name.hasPrefix(prefix) {
      let parts = name.dropFirst(prefix.count).split(
        separator: "-", omittingEmptySubsequences: false)
      guard parts.count == 3, parts[0] == place, parts[2].allSatisfy(\.isNumber),
        let process = Int32(parts[1]), process > 0, kill(process, 0) != 0, errno == ESRCH
      else { continue }
      try? Folder.remove(folder + "/" + name)
    }
  }
}
