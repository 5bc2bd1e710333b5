public import AnnealDatasets
internal import AnnealFiles
public import AnnealRemote
internal import AnnealText

/// A stronger model with its prompts, and the store that its answers are kept in.
public struct OpenedTeacher: Sendable {
  /// The teacher.
  public let teacher: Teacher
  /// Where its answers are kept.
  public let replies: SQLiteReplyStore
  /// The prompts.
  public let prompts: Prompts
  /// Keeps another process from asking the same at the same time.
  private let lock: FileLock

  /// The teacher at `place`.
  ///
  /// - Parameters:
  ///   - replies: the file that keeps answers, so that a broken-off job goes on and a repeated one is
  ///     free.
  ///   - together: how many requests may be on their way at once.
  ///   - limit: how often a server may be asked.
  public init(
    _ place: ModelPlace, prompts: Prompts, replies: String, together: Int = 4,
    limit: RateLimit? = nil
  ) throws {
    self.prompts = prompts
    self.replies = try SQLiteReplyStore(path: replies)
    lock = try Self.lock(replies)
    let model = try place.chatModel(
      limit: limit ?? RateLimit(concurrent: together), isStored: true)
    teacher = try Teacher(
      Self.stored(model, self.replies), prompts: prompts, together: together)
  }

  /// Sole use of the answers in the file at `replies`: two jobs would both pay for them.
  private static func lock(_ replies: String) throws -> FileLock {
    let file = replies + ".lock"
    if let lock = try FileLock(file: file, isNamed: true) { return lock }
    let holder = FileLock.holder(ofFile: file).map { "process \($0)" } ?? "another process"
    throw AnnealError(
      .usage, "\(holder) is asking for these answers", at: .init(file: replies),
      remedy: "Wait for it to end, or name another --output and --replies.")
  }

  private static func stored(
    _ model: some ChatModel, _ store: SQLiteReplyStore
  ) -> any ChatModel { StoredChatModel(model, store: store) }
}

extension Prompts {
  /// The prompts that come with Anneal, and those in the folder `own` in their places.
  public init(own: String? = nil) throws {
    try self.init(builtin: try Resources.folder() + "/prompts", own: own)
  }
}
