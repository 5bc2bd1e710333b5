import AnnealFiles
import Foundation
import Synchronization

/// Where a verb's results and notes go.
///
/// What people read may quote servers, models and files: their control characters are shown and not
/// obeyed. Only colours stay, where a terminal has them.
struct Console: Sendable {
  private let options: (json: Bool, quiet: Bool, verbose: Bool)

  init(_ options: OutputOptions) {
    self.options = (options.json, options.quiet, options.verbose)
  }

  /// Whether results are one JSON document.
  var isJSON: Bool { options.json }

  /// Whether notes are wanted.
  var isQuiet: Bool { options.quiet }

  /// Whether a person watches standard error, so that a line may be drawn over.
  var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  /// Whether colours are wanted: a terminal, and no `NO_COLOR` (no-color.org).
  static var hasColors: Bool {
    let variable = ProcessInfo.processInfo.environment["NO_COLOR"] ?? ""
    return variable.isEmpty && isatty(STDOUT_FILENO) == 1
  }

  /// The verb's result: JSON with `--json`, else words.
  func result(_ json: @autoclosure () -> JSON, _ words: @autoclosure () -> String) {
    let text =
      options.json
      ? json().text(.pretty)
      : ControlCharacters.shown(in: words(), keepingColors: Console.hasColors)
    Console.standardOutput(text + "\n")
  }

  /// A note on the way; silent with `--quiet`.
  func note(_ text: String) {
    if !options.quiet { Console.standardError(ControlCharacters.shown(in: text) + "\n") }
  }

  /// A note that only `--verbose` shows.
  func detail(_ text: String) {
    if options.verbose { Console.standardError(ControlCharacters.shown(in: text) + "\n") }
  }

  /// A line drawn over the last one on a terminal, and nothing elsewhere.
  func transient(_ text: String) {
    guard !options.quiet, isTerminal else { return }
    let line = ControlCharacters.shown(in: text, keepingColors: true)
    Console.standardError("\r\u{1B}[2K" + line)
  }

  /// How far long work is: a transient line on a terminal, and elsewhere plain ones, the first after
  /// two seconds and then one every ten.
  ///
  /// - Parameter isFirst: whether the first plain line is told at once.
  func progress(_ text: String, firstAtOnce isFirst: Bool = false) {
    if isTerminal { return transient(text) }
    let now = ContinuousClock.now
    let isDue = Console.nextLine.withLock { next in
      let pause: Duration = isFirst ? .zero : .seconds(2)
      let due = next ?? now.advanced(by: pause)
      guard now >= due else {
        next = due
        return false
      }
      next = now + .seconds(10)
      return true
    }
    if isDue { note(text) }
  }

  private static let nextLine = Mutex<ContinuousClock.Instant?>(nil)

  /// A piece of a model's reply: as it is for a file or a pipe, and on a terminal without what would
  /// steer it.
  static func stream(_ piece: String) {
    standardOutput(isatty(STDOUT_FILENO) == 1 ? ControlCharacters.shown(in: piece) : piece)
  }

  /// Ends a transient line.
  func endTransient() {
    guard !options.quiet, isTerminal else { return }
    Console.standardError("\r\u{1B}[2K")
  }

  /// Why the verb failed.
  func failure(_ text: String) {
    endTransient()
    Console.standardError("error: \(ControlCharacters.shown(in: text))\n")
  }

  static func standardOutput(_ text: String) {
    guard !write(text, to: 1) else { return }
    standardError("error: standard output cannot be written: \(String(cString: strerror(errno)))\n")
    exit(1)
  }

  static func standardError(_ text: String) {
    _ = write(text, to: 2)
  }

  // FileHandle traps where the disk is full or the reader has gone.
  private static func write(_ text: String, to descriptor: Int32) -> Bool {
    var left = Array(text.utf8)[...]
    while !left.isEmpty {
      let count = left.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR || errno == EAGAIN { continue }
        return false
      }
      left = left.dropFirst(count)
    }
    return true
  }
}
