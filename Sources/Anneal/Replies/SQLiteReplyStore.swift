internal import AnnealFiles
public import AnnealText
internal import GRDB

/// Replies in a SQLite file, which several processes may use at once.
///
/// A reply is on the disk before the caller has it, so that a job that is killed loses none.
public final class SQLiteReplyStore: ReplyStore {
  private static let version = 1
  private let queue: DatabaseQueue
  private let path: String

  /// The store in the file at `path`, which is made when it is missing.
  ///
  /// - Throws: `AnnealError` when the file is something else, or of a newer version of this program.
  public init(path: String) throws {
    self.path = path
    try Folder.create(Folder.parent(of: path) ?? ".")
    var configuration = Configuration()
    configuration.journalMode = .wal
    // Another process that writes is waited for.
    configuration.busyMode = .timeout(30)
    do {
      queue = try DatabaseQueue(path: path, configuration: configuration)
      try queue.write { try Self.prepare($0, path: path) }
    } catch let error as DatabaseError {
      throw Self.failure(error, path)
    }
  }

  /// The reply kept under `key`; nil when there is none.
  public func reply(for key: String) async throws -> Reply? {
    let text = try await telling {
      try await queue.read { database in
        try String.fetchOne(
          database, sql: "SELECT reply FROM replies WHERE key = ?", arguments: [key])
      }
    }
    return try text.map { try Reply(stored: JSON(parsing: $0, file: path)) }
  }

  /// Keeps `reply` under `key`; what is there already stays.
  public func keep(_ reply: Reply, for key: String, model: String) async throws {
    let text = reply.json.text()
    try await telling {
      try await queue.write { database in
        try database.execute(
          sql: """
            INSERT OR IGNORE INTO replies (key, model, reply, created)
            VALUES (?, ?, ?, strftime('%s', 'now'))
            """, arguments: [key, model, text])
      }
    }
  }

  /// How many replies are kept.
  public func count() async throws -> Int {
    try await telling {
      try await queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM replies") ?? 0 }
    }
  }

  private static func prepare(_ database: Database, path: String) throws {
    let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    guard found <= version else {
      throw AnnealError(
        .data,
        "the replies were kept by a newer version of this program (\(found), not \(version))",
        at: .init(file: path), remedy: "Update this program, or name another file.")
    }
    let isOurs = try found == version || database.tableExists("replies")
    let isEmpty = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") == 0
    guard isOurs || isEmpty else {
      throw AnnealError(
        .data, "the file is a database of something else than replies", at: .init(file: path),
        remedy: "Name another file.")
    }
    try database.execute(
      sql: """
        CREATE TABLE IF NOT EXISTS replies (
          key TEXT PRIMARY KEY NOT NULL, model TEXT NOT NULL, reply TEXT NOT NULL,
          created INTEGER NOT NULL
        ) WITHOUT ROWID;
        PRAGMA user_version = \(version);
        """)
  }

  /// Runs `body`; failures of the database name the file.
  private func telling<Value: Sendable>(
    _ body: () async throws -> Value
  ) async throws -> Value {
    do { return try await body() } catch let error as DatabaseError {
      throw Self.failure(error, path)
    }
  }

  private static func failure(_ error: DatabaseError, _ path: String) -> AnnealError {
    let words = error.message ?? "\(error.resultCode)"
    switch error.resultCode {
    case .SQLITE_NOTADB, .SQLITE_CORRUPT:
      return AnnealError(
        .data, "the file is no database of replies: \(words)", at: .init(file: path),
        remedy: "Name another file, or remove it: replies are then asked for again.")
    case .SQLITE_FULL:
      return AnnealError(
        .storage, "the disk is full", at: .init(file: path), remedy: "Make room.")
    default:
      return AnnealError(
        .storage, "the replies cannot be read or kept: \(words)", at: .init(file: path),
        remedy: "Check that the file and its folder may be written to.")
    }
  }
}
