internal import AnnealFiles
internal import OrderedCollections

/// Where rows come from, and how they are to be read.
public struct RowSource: Sendable, Hashable {
  /// A file, a folder, a pattern, `-` for standard input, or an entry of LLaMA-Factory's catalogue:
  /// `dataset_info.json#name`.
  public var path: String
  /// The format's name; nil to detect it from the first rows.
  public var format: String?
  /// Of a folder, the files whose name begins with this.
  public var split: String?
  /// How columns become fields.
  public var mapping: RowMapping

  /// A source of rows.
  public init(
    path: String, format: String? = nil, split: String? = nil, mapping: RowMapping = RowMapping()
  ) {
    self.path = path
    self.format = format
    self.split = split
    self.mapping = mapping
  }

  /// The source with its entry of a catalogue looked up; itself when it is none.
  ///
  /// What is given here beats what the catalogue says.
  ///
  /// - Throws: `AnnealError` when the catalogue has no such entry, or one that is not a local file.
  public func lookedUp() throws -> RowSource {
    guard let mark = path.lastIndex(of: "#"), path[..<mark].hasSuffix(".json"),
      !Folder.holdsAnything(path)
    else { return self }
    let catalogue = try DatasetCatalogue(path: String(path[..<mark]))
    var source = try catalogue.source(named: String(path[path.index(after: mark)...]))
    source.format = format ?? source.format
    source.split = split ?? source.split
    source.mapping.fields.merge(mapping.fields) { $1 }
    source.mapping.messageKeys.merge(mapping.messageKeys) { $1 }
    source.mapping.roles.merge(mapping.roles) { $1 }
    source.mapping.labels.merge(mapping.labels) { $1 }
    source.mapping.constants.merge(mapping.constants) { $1 }
    return source
  }

  /// The sources that this one stands for, a file each.
  ///
  /// - Throws: as `lookedUp` and `files` do.
  public func byFile() throws -> [RowSource] {
    let source = try lookedUp()
    return try source.files().map { file in
      var one = source
      one.path = file
      return one
    }
  }

  /// The files to read.
  public func files() throws -> [String] { try DataFiles.resolved(path, split: split) }
}
