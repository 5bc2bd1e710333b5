/// Examples by their numbers, from 0: in memory, or in shards on the disk.
public protocol ExampleSource: Sendable {
  /// How many there are.
  var count: Int { get }
  /// The tokens of the example at `index`.
  func length(at index: Int) -> Int
  /// How many sets they are of, whose losses are told apart.
  var setCount: Int { get }
  /// The number of the set that the example at `index` is of.
  func set(at index: Int) -> Int
  /// The example at `index`.
  ///
  /// - Throws: `AnnealError` when it cannot be read.
  func example(at index: Int) throws -> Example
}

extension ExampleSource {
  /// One set.
  public var setCount: Int { 1 }

  /// The only set.
  public func set(at index: Int) -> Int { 0 }

  /// Whether there is none.
  public var isEmpty: Bool { count == 0 }

  /// The tokens of each.
  public var lengths: [Int] { (0..<count).map { length(at: $0) } }

  /// The examples at `indices`, in that order.
  public func examples(at indices: some Sequence<Int>) throws -> [Example] {
    try indices.map { try example(at: $0) }
  }

  /// All of them in memory.
  public func all() throws -> [Example] { try examples(at: 0..<count) }
}

extension [Example]: ExampleSource {
  /// The tokens of the example at `index`.
  public func length(at index: Int) -> Int { self[index].ids.count }

  /// The example at `index`.
  public func example(at index: Int) -> Example { self[index] }
}
