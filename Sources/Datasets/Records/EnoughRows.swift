/// Thrown while rows are read, when no more are needed: what follows is not read.
struct EnoughRows: Error {
  /// Reads with `body` until it is at the end or has enough.
  static func reading(_ body: () throws -> Void) throws {
    do { try body() } catch is EnoughRows {}
  }
}
