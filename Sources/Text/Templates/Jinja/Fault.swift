internal import AnnealFiles

/// What a template operation found wrong, before its place in the template is known.
struct Fault: Error {
  var message: String
  /// Whether the template itself refused the conversation with `raise_exception`.
  var raisedByTemplate = false

  init(_ message: String, raisedByTemplate: Bool = false) {
    self.message = message
    self.raisedByTemplate = raisedByTemplate
  }

  func located(_ position: Position, in template: String) -> AnnealError {
    let place = AnnealError.Place(
      file: template, line: position.line, column: position.column)
    return raisedByTemplate
      ? AnnealError(.data, "the template refuses this conversation: \(message)", at: place)
      : AnnealError(.model, message, at: place)
  }
}

/// A place in a template's source, both numbers from 1.
struct Position: Sendable, Equatable {
  var line: Int
  var column: Int
}

/// What one rendering may use; a template comes with a model and is not trusted.
struct Limits: Sendable {
  /// UTF-8 bytes of the output and of any string on the way to it.
  var textBytes = 1 << 24
  /// Elements of any list.
  var elements = 1 << 20
  /// Units of work, of which one is a byte touched or made; see `Work`.
  var work = 1 << 30
  /// How deep values may contain values.
  var valueDepth = 400
  /// What a tuple may hold that is used as a key, in values and bytes.
  var keyWeight = 1 << 16

  static let standard = Limits()
}

/// Measures how much of the thread's stack a recursion has used.
///
/// Counting levels would have to assume the size of the deepest frame; the address of a local
/// variable tells the truth, whatever the optimizer made of the functions between.
struct StackGuard {
  #if os(Linux)
    private static let allowance: UInt = 1 << 20
  #else
    // Threads other than the main one have 512 KiB on Apple's systems.
    private static let allowance: UInt = 300 << 10
  #endif
  private let start: UInt

  init() { start = Self.address() }

  func check(_ what: String) throws {
    let now = Self.address()
    let used = start > now ? start - now : now - start
    if used > Self.allowance { throw Fault("\(what) nests too deeply") }
  }

  @inline(never)
  private static func address() -> UInt {
    var local: UInt8 = 0
    return withUnsafeMutablePointer(to: &local) { UInt(bitPattern: $0) }
  }
}
