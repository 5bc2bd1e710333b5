#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif
#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// What standard error can show.
public struct Terminal: Sendable, Equatable {
  /// Whether it is a terminal that lines can be drawn over on.
  public var isInteractive: Bool
  /// Whether colours are wanted.
  public var hasColor: Bool
  /// Its width, in columns.
  public var columns: Int

  /// A terminal of these abilities.
  public init(isInteractive: Bool, hasColor: Bool, columns: Int = 80) {
    self.isInteractive = isInteractive
    self.hasColor = hasColor
    self.columns = columns
  }

  /// This process's standard error.
  public static var current: Terminal {
    Terminal(
      isTerminal: isatty(STDERR_FILENO) == 1, environment: ProcessInfo.processInfo.environment,
      columns: measuredColumns)
  }

  /// What a stream can show: no bar on a pipe or a dumb terminal, and no colour where `NO_COLOR` is
  /// set to anything (no-color.org).
  init(isTerminal: Bool, environment: [String: String], columns: Int?) {
    let isDumb = environment["TERM"] == "dumb"
    isInteractive = isTerminal && !isDumb
    hasColor = isInteractive && (environment["NO_COLOR"] ?? "").isEmpty
    self.columns = columns ?? environment["COLUMNS"].flatMap { Int($0) } ?? 80
  }

  private static var measuredColumns: Int? {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }
}
