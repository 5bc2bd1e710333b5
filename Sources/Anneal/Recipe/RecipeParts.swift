public import AnnealDatasets
internal import AnnealFiles
internal import OrderedCollections

extension Recipe {
  /// A file or folder of rows, and how much of it counts.
  public struct DataSource: Sendable, Hashable, RecipeValue {
    /// The file or folder.
    public var path: String
    /// The format's name, such as `alpaca`; nil to detect it.
    public var type: String?
    /// Of a folder, the files whose name begins with this; nil for all.
    public var split: String?
    /// How often its rows are seen in an epoch: 0.5 a random half of them, 2 each of them twice.
    public var weight: Double
    /// So many of its rows at most, chosen by the seed; nil for all.
    public var maxSamples: Int?
    /// How its columns become the fields of the format.
    public var mapping = RowMapping()
    /// The file of a JSON Schema that structured outputs must fit.
    public var schema: String?

    /// A source of rows.
    public init(path: String, type: String? = nil, split: String? = nil, weight: Double = 1) {
      self.path = path
      self.type = type
      self.split = split
      self.weight = weight
    }

    static let expectation =
      "a path, or a mapping with path, type, split, weight, max_samples, field_map"

    var json: JSON {
      if self == DataSource(path: path) { return .string(path) }
      var members: [(String, JSON)] = [("path", .string(path))]
      if let type { members.append(("type", .string(type))) }
      if let split { members.append(("split", .string(split))) }
      if weight != 1 { members.append(("weight", weight.json)) }
      if let maxSamples { members.append(("max_samples", .integer(maxSamples))) }
      return .object(.init(uniqueKeysWithValues: members + mappingMembers))
    }

    /// The entries of LLaMA-Factory's catalogue in `folder` that the source names, with commas
    /// between; itself when it is a path.
    func lookedUp(in folder: String) -> [DataSource] {
      guard !path.contains(where: { "/#*?".contains($0) }), !FileKind.holdsRows(path) else {
        return [self]
      }
      return path.split(whereSeparator: { $0 == "," || $0 == " " }).map { name in
        var source = self
        source.path = "\(folder)/dataset_info.json#\(name)"
        return source
      }
    }

    static func read(_ node: RecipeNode, _ field: String) throws -> DataSource {
      if case .map(let members) = node.content { return try read(members, node, field) }
      guard let path = node.text, !path.isEmpty else {
        throw node.mismatch(field, expected: expectation)
      }
      return DataSource(path: path)
    }

    private static func read(
      _ members: [(key: String, value: RecipeNode)], _ node: RecipeNode, _ field: String
    ) throws -> DataSource {
      var source = DataSource(path: "")
      try source.readCatalogueKeys(members, node, field)
      for (key, value) in members where !value.isNull {
        let inner = "\(field).\(key)"
        switch key {
        case "path", "file_name": source.path = try String.read(value, inner)
        case "type", "format": source.type = try readFormat(value, inner)
        case "split": source.split = try String.read(value, inner)
        case "weight": source.weight = try readWeight(value, inner)
        case "max_samples", "num_samples": source.maxSamples = try readCount(value, inner)
        default:
          guard try source.readMapping(key, value, inner) else { throw unknown(key, value, inner) }
        }
      }
      if source.path.isEmpty { throw node.mismatch(field, expected: "a mapping with a path") }
      return source
    }

    private static func readFormat(_ node: RecipeNode, _ field: String) throws -> String {
      let name = try String.read(node, field)
      do {
        _ = try FormatRegistry.builtin.format(named: name)
      } catch var error as AnnealError {
        error.place = node.place(field)
        throw error
      }
      return name
    }

    private static func readWeight(_ node: RecipeNode, _ field: String) throws -> Double {
      let weight = try Double.read(node, field)
      guard weight > 0, weight <= 1000 else {
        throw node.mismatch(field, expected: "a number above 0, at most 1000")
      }
      return weight
    }

    private static func readCount(_ node: RecipeNode, _ field: String) throws -> Int {
      let count = try Int.read(node, field)
      guard count > 0 else { throw node.mismatch(field, expected: "a whole number, 1 or more") }
      return count
    }

    private static func unknown(_ key: String, _ node: RecipeNode, _ field: String) -> AnnealError {
      let known = ["path", "type", "split", "weight", "max_samples"] + DataSource.mappingKeys
      let guess = nearest(to: key, among: known).map { "Did you mean \($0)? " } ?? ""
      return AnnealError(
        .recipe, "unknown key", at: node.place(field),
        remedy: "\(guess)A dataset has \(known.joined(separator: ", ")).")
    }
  }

  /// Which linear layers get an adapter.
  public enum Targets: Sendable, Hashable, RecipeValue {
    /// Every linear layer of every block; not the embedding, not the head.
    case allLinear
    /// Layers whose path ends with one of these names, such as `q_proj`.
    case names([String])
    /// Layers whose whole path matches this regular expression.
    case pattern(String)

    static let expectation = "all-linear, a list of names, or a pattern"

    var json: JSON {
      switch self {
      case .allLinear: "all-linear"
      case .names(let names): names.json
      case .pattern(let pattern): .string(pattern)
      }
    }

    static func read(_ node: RecipeNode, _ field: String) throws -> Targets {
      if case .list(let items) = node.content {
        let names = try [String].read(node, field)
        if names.isEmpty { throw node.mismatch(field, expected: expectation) }
        return items.count == 1 && isAll(names[0]) ? .allLinear : .names(names)
      }
      let text = try String.read(node, field)
      if isAll(text) { return .allLinear }
      // A pattern has a character that no list of names has.
      if text.contains(where: { "*+?|()[]{}^$\\".contains($0) }) { return .pattern(text) }
      let names = text.split(separator: ",").map { String($0.filter { $0 != " " }) }
      return .names(names.filter { !$0.isEmpty })
    }

    private static func isAll(_ text: String) -> Bool {
      ["all-linear", "all_linear", "all"].contains(text.lowercased())
    }
  }

  /// A distance in optimizer steps: so many, or a share of the run.
  public enum Interval: Sendable, Hashable, RecipeValue {
    /// Every so many optimizer steps.
    case steps(Int)
    /// Every such share of the whole run, above 0 and below 1.
    case share(Double)

    /// The distance in optimizer steps in a run of `total` steps; at least 1.
    public func steps(of total: Int) -> Int {
      switch self {
      case .steps(let steps): max(1, steps)
      case .share(let share): max(1, Int((share * Double(max(total, 0))).rounded(.up)))
      }
    }

    static let expectation = "a whole number of steps, or a share of the run below 1"

    var json: JSON {
      switch self {
      case .steps(let steps): .integer(steps)
      case .share(let share): .number(share)
      }
    }

    static func read(_ node: RecipeNode, _ field: String) throws -> Interval {
      let value = try Double.read(node, field)
      if value > 0, value < 1 { return .share(value) }
      guard value >= 1, let steps = Int(exactly: value) else {
        throw node.mismatch(field, expected: expectation)
      }
      return .steps(steps)
    }
  }

  /// Where a run goes on from.
  public enum Resume: Sendable, Hashable, RecipeValue {
    /// It begins anew.
    case never
    /// From the newest checkpoint in `output_dir` that verifies.
    case newest
    /// From this checkpoint's folder.
    case checkpoint(String)

    static let expectation = "true, false, or the path of a checkpoint"

    var json: JSON {
      switch self {
      case .never: false
      case .newest: true
      case .checkpoint(let path): .string(path)
      }
    }

    static func read(_ node: RecipeNode, _ field: String) throws -> Resume {
      if let flag = try? Bool.read(node, field) { return flag ? .newest : .never }
      return .checkpoint(try String.read(node, field))
    }
  }

  /// An amount of memory.
  public struct ByteCount: Sendable, Hashable, RecipeValue {
    /// In bytes.
    public var bytes: Int

    /// So many bytes.
    public init(bytes: Int) { self.bytes = bytes }

    static let expectation = "an amount such as 8GB, 7.5GiB or 500MB"
    var size: Double? { Double(bytes) }

    var json: JSON {
      let units: [(String, Int)] = [
        ("GiB", 1 << 30), ("GB", 1_000_000_000), ("MiB", 1 << 20),
        ("MB", 1_000_000),
      ]
      for (name, unit) in units where bytes >= unit && bytes % unit == 0 {
        return .string("\(bytes / unit)\(name)")
      }
      return .integer(bytes)
    }

    private static let units: [String: Double] = [
      "": 1, "b": 1, "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12, "k": 1e3, "m": 1e6, "g": 1e9,
      "t": 1e12, "kib": 1024, "mib": 1_048_576, "gib": 1_073_741_824, "tib": 1_099_511_627_776,
    ]

    static func read(_ node: RecipeNode, _ field: String) throws -> ByteCount {
      let text = (node.text ?? "").filter { $0 != " " && $0 != "_" }.lowercased()
      let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
      guard let amount = Double(digits), let unit = units[String(text.dropFirst(digits.count))],
        let bytes = Int(exactly: (amount * unit).rounded()), bytes > 0
      else { throw node.mismatch(field, expected: expectation) }
      return ByteCount(bytes: bytes)
    }
  }
}
