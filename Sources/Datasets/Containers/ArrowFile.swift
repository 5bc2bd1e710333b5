internal import AnnealFiles

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The rows of a Parquet or Arrow file as lines of JSON, some thousand or some million bytes at a time.
///
/// They are read by libarrow and libparquet through a bridge that `make setup-arrow` puts into the
/// cache folder; it is opened when the first such file is met, so that nothing needs it to be built or
/// to start.
final class ArrowFile: ByteProducer {
  /// How a file holds columns.
  enum Kind: Int32, CaseIterable {
    /// Apache Parquet.
    case parquet = 0
    /// Arrow's file format, also called Feather.
    case arrow = 1
    /// Arrow's stream, in which the Hugging Face datasets library keeps its rows.
    case stream = 2

    /// The bytes that such files begin with.
    var magic: [UInt8] {
      switch self {
      case .parquet: Array("PAR1".utf8)
      case .arrow: Array("ARROW1".utf8)
      case .stream: [0xFF, 0xFF, 0xFF, 0xFF]
      }
    }

    /// What people call it.
    var name: String { self == .parquet ? "Parquet" : "Arrow" }
  }

  /// How names of such files end.
  static let endings = ["parquet", "arrow", "feather", "ipc"]

  private let path: String
  private let kind: Kind
  private let bridge: ArrowBridge
  private let reader: UnsafeMutableRawPointer
  /// The lines that were read and not yet handed on.
  private(set) var lines: [UInt8] = []
  private var consumed = 0

  /// The kind of a file that begins with `head`; nil when it holds no columns.
  static func kind(of head: [UInt8]) -> Kind? {
    Kind.allCases.first { head.starts(with: $0.magic) }
  }

  init(path: String, kind: Kind) throws {
    self.path = path
    self.kind = kind
    let bridge = try ArrowBridge.shared(for: kind, path: path)
    var opened: UnsafeMutableRawPointer?
    let message = path.withCString { bridge.open($0, kind.rawValue, &opened) }
    if let fault = bridge.text(message) { throw Self.fault(fault, kind, path) }
    guard let opened else { throw Self.fault("it could not be opened", kind, path) }
    (self.bridge, reader) = (bridge, opened)
  }

  deinit { bridge.close(reader) }

  func read(_ count: Int, into bytes: inout [UInt8]) throws -> Bool {
    var wanted = count
    while wanted > 0 {
      if consumed == lines.count, try !refill() { return false }
      let part = lines[consumed..<min(lines.count, consumed + wanted)]
      bytes += part
      consumed += part.count
      wanted -= part.count
    }
    return true
  }

  /// Reads the next lines; false at the end.
  private func refill() throws -> Bool {
    var start: UnsafePointer<UInt8>?
    var length: Int64 = 0
    let message = bridge.read(reader, &start, &length)
    if let fault = bridge.text(message) { throw Self.fault(fault, kind, path) }
    lines = Array(UnsafeBufferPointer(start: start, count: max(0, Int(clamping: length))))
    consumed = 0
    return !lines.isEmpty
  }

  private static func fault(_ what: String, _ kind: Kind, _ path: String) -> AnnealError {
    AnnealError(
      .data, "the \(kind.name) file cannot be read: \(what)", at: .init(file: path),
      remedy: "Was it written and copied completely? Fetch or write it again.")
  }
}

/// The functions of the bridge (`scripts/arrow/arrow_bridge.cpp`).
private struct ArrowBridge: Sendable {
  typealias Message = UnsafeMutablePointer<CChar>?
  typealias Version = @convention(c) @Sendable () -> Int32
  typealias Open =
    @convention(c) @Sendable (
      UnsafePointer<CChar>, Int32, UnsafeMutablePointer<UnsafeMutableRawPointer?>
    ) -> Message
  typealias Read =
    @convention(c) @Sendable (
      UnsafeMutableRawPointer, UnsafeMutablePointer<UnsafePointer<UInt8>?>,
      UnsafeMutablePointer<Int64>
    ) -> Message
  typealias Close = @convention(c) @Sendable (UnsafeMutableRawPointer) -> Void
  typealias Free = @convention(c) @Sendable (UnsafeMutablePointer<CChar>) -> Void

  let open: Open
  let read: Read
  let close: Close
  private let free: Free

  private static let version = "26.0.1"
  private static let loaded = Result { try ArrowBridge() }

  private struct Missing: Error { var reason: String }

  /// The bridge.
  ///
  /// - Throws: `AnnealError` that tells how to install it, when it is not there.
  static func shared(for kind: ArrowFile.Kind, path: String) throws -> ArrowBridge {
    do {
      return try loaded.get()
    } catch let error as Missing {
      throw AnnealError(
        .data,
        "the file is \(kind.name), and the bridge to libarrow that reads it \(error.reason)",
        at: .init(file: path),
        remedy:
          "Install it by `make setup-arrow` (scripts/setup-arrow.sh, about 50 MB), or write the "
          + "rows as JSON lines.")
    }
  }

  private init() throws {
    let place = Self.place
    guard Folder.holdsFile(place) else { throw Missing(reason: "is not installed") }
    guard let handle = dlopen(place, RTLD_NOW | RTLD_LOCAL) else {
      let reason = dlerror().map { String(cString: $0) } ?? "of an unknown reason"
      throw Missing(reason: "cannot be opened: \(reason)")
    }
    guard let version = dlsym(handle, "anneal_arrow_version"),
      unsafeBitCast(version, to: Version.self)() == 3,
      let open = dlsym(handle, "anneal_arrow_open"), let read = dlsym(handle, "anneal_arrow_read"),
      let close = dlsym(handle, "anneal_arrow_close"), let free = dlsym(handle, "anneal_arrow_free")
    else { throw Missing(reason: "is of another version") }
    self.open = unsafeBitCast(open, to: Open.self)
    self.read = unsafeBitCast(read, to: Read.self)
    self.close = unsafeBitCast(close, to: Close.self)
    self.free = unsafeBitCast(free, to: Free.self)
  }

  /// Where the bridge lies: `ANNEAL_ARROW`, or where `scripts/setup-arrow.sh` puts it.
  private static var place: String {
    if let given = getenv("ANNEAL_ARROW").map({ String(cString: $0) }), !given.isEmpty {
      return given
    }
    #if arch(x86_64)
      let machine = "x86_64"
    #elseif canImport(Darwin)
      let machine = "arm64"
    #else
      let machine = "aarch64"
    #endif
    #if canImport(Darwin)
      let (system, ending) = ("Darwin", "dylib")
    #else
      let (system, ending) = ("Linux", "so")
    #endif
    return "\(Folder.cache)/arrow-\(version)-\(system)-\(machine)/libanneal_arrow.\(ending)"
  }

  /// The words of a message, which is let go; nil for none.
  func text(_ message: Message) -> String? {
    guard let message else { return nil }
    defer { free(message) }
    return String(cString: message)
  }
}
