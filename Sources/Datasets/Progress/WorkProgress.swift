/// Tells how far long work on rows is, and ends it when that is asked for.
///
/// It is bound to the work and not handed through it: what reads a file, and what looks at many rows,
/// finds it by itself. Work that nobody listens to tells nothing.
public struct WorkProgress: Sendable {
  /// How far a part of the work is.
  public struct State: Sendable, Hashable {
    /// What is being done, such as `reading rows.jsonl`.
    public var name: String
    /// The share of it that is done, 0…1.
    public var share: Double
  }

  @TaskLocal static var current: WorkProgress?

  private let tell: @Sendable (State) throws -> Void
  private var name: String?
  private var part: (start: Double, share: Double) = (0, 1)

  /// What `body` comes to.
  ///
  /// - Parameters:
  ///   - tell: told, by any thread, how far the work is; what it throws ends the work.
  ///   - body: the work, on this thread.
  public static func during<Result>(
    _ tell: @escaping @Sendable (State) throws -> Void, _ body: () throws -> Result
  ) rethrows -> Result {
    try $current.withValue(WorkProgress(tell: tell)) { try body() }
  }

  /// What `body` comes to, which does what `name` says.
  static func named<Result>(_ name: String, _ body: () throws -> Result) rethrows -> Result {
    guard var progress = current else { return try body() }
    progress.name = name
    return try $current.withValue(progress) { try body() }
  }

  /// What `body` comes to, which does the steps of `range` among `count` of the same work.
  static func part<Result>(
    _ range: Range<Int>, of count: Int, _ body: () throws -> Result
  ) rethrows -> Result {
    guard var progress = current, count > 0 else { return try body() }
    let (start, share) = progress.part
    progress.part = (
      start + share * Double(range.lowerBound) / Double(count),
      share * Double(range.count) / Double(count)
    )
    return try $current.withValue(progress) { try body() }
  }

  /// Tells that `done` of `count` are done, of rows unless `what` is known by another name.
  func step(_ done: Int, of count: Int, as what: String? = nil) throws {
    let share = count > 0 ? min(1, Double(done) / Double(count)) : 1
    try tell(
      State(
        name: what ?? name ?? "looking at rows", share: min(1, part.start + part.share * share)))
  }
}
