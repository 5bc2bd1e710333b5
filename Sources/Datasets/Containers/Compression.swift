internal import AnnealFiles

/// A way of packing files, such as gzip.
///
/// To add one: a file like `Gzip.swift`, and a line in `Compressions.all`.
protocol Compression: ByteProducer, SendableMetatype {
  /// How names of such files end, such as `gz`.
  static var endings: [String] { get }
  /// The bytes that such files begin with.
  static var magic: [UInt8] { get }
  /// What it is called, and the command that tests such files.
  static var name: String { get }
  static var command: String { get }
  /// What `source`, the file at `path`, holds.
  init(_ source: any ByteProducer, path: String) throws
}

extension Compression {
  /// The file at `path` is not as this way of packing makes it.
  static func fault(_ what: String, in path: String) -> AnnealError {
    AnnealError(
      .data, "the file is compressed with \(name), and \(what)", at: .init(file: path),
      remedy: "Fetch or write it again; `\(command) -t FILE` tests one.")
  }
}

/// The ways of packing that can be read.
enum Compressions {
  static let all: [any Compression.Type] = [Gzip.self, Zstandard.self]

  /// `path` without an ending such as `.gz`.
  static func plainName(_ path: String) -> String {
    for ending in all.flatMap({ $0.endings }) where path.lowercased().hasSuffix("." + ending) {
      return String(path.dropLast(ending.count + 1))
    }
    return path
  }
}
