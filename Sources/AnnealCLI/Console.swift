import AnnealFiles
import Foundation

/// Where a verb's results and notes go.
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
    Console.standardOutput(options.json ? json().text(.pretty) + "\n" : words() + "\n")
  }

  /// A note on the way; silent with `--quiet`.
  func note(_ text: String) {
    if !options.quiet { Console.standardError(text + "\n") }
  }

  /// A note that only `--verbose` shows.
  func detail(_ text: String) {
    if options.verbose { Console.standardError(text + "\n") }
  }

  /// A line drawn over the last one on a terminal, and nothing elsewhere.
  func transient(_ text: String) {
    guard !options.quiet, isTerminal else { return }
    Console.standardError("\r\u{1B}[2K" + text)
  }

  /// Ends a transient line.
  func endTransient() {
    guard !options.quiet, isTerminal else { return }
    Console.standardError("\r\u{1B}[2K")
  }

  /// Why the verb failed.
  func failure(_ text: String) {
    endTransient()
    Console.standardError("error: \(text)\n")
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
