public import AnnealFiles

/// How many fields of a JSON reply are those that were wanted: an extraction's F1.
///
/// Every leaf of the value is a field, named by its path, with list places left out: a list's items
/// count in any order. A reply that is no JSON has none.
public struct FieldF1: ReplyMetric {
  /// `field_f1`.
  public static let name = "field_f1"
  /// What is measured.
  public static let summary = "F1 of the fields of JSON replies, with each field's own"
  /// It is a share.
  public static let isShare = true

  /// It has no settings.
  public init(_ settings: MetricSettings) {}

  /// Fields that a row wants, that the reply has, and that are the same, by path.
  public struct Counts: Sendable, Hashable {
    var wanted: [String: Int] = [:]
    var said: [String: Int] = [:]
    var met: [String: Int] = [:]
  }

  /// The fields of the reply beside those of the first reference; nil where that is no JSON.
  public func part(of answer: Answer) -> Counts? {
    guard let reference = answer.references.first, let wanted = try? JSON(parsing: reference)
    else { return nil }
    var counts = Counts()
    var left: [Field: Int] = [:]
    for field in Field.all(in: wanted) {
      left[field, default: 0] += 1
      counts.wanted[field.path, default: 0] += 1
    }
    for field in (try? JSON(parsing: answer.reply)).map(Field.all) ?? [] {
      counts.said[field.path, default: 0] += 1
      guard left[field, default: 0] > 0 else { continue }
      left[field, default: 0] -= 1
      counts.met[field.path, default: 0] += 1
    }
    return counts
  }

  /// The F1 of all fields of all rows together.
  public func value(of parts: [Counts]) -> Double {
    let total = { (part: KeyPath<Counts, [String: Int]>) in
      parts.reduce(0) { $0 + $1[keyPath: part].values.reduce(0, +) }
    }
    return Self.f1(wanted: total(\.wanted), said: total(\.said), met: total(\.met))
  }

  /// Each field's F1, precision and recall.
  public func details(of parts: [Counts]) -> JSON? {
    func sums(_ part: KeyPath<Counts, [String: Int]>) -> [String: Int] {
      parts.reduce(into: [:]) { $0.merge($1[keyPath: part], uniquingKeysWith: +) }
    }
    let (wanted, said, met) = (sums(\.wanted), sums(\.said), sums(\.met))
    let fields = Set(wanted.keys).union(said.keys).sorted().map { path -> (String, JSON) in
      let (w, s, m) = (wanted[path] ?? 0, said[path] ?? 0, met[path] ?? 0)
      return (
        path,
        [
          "wanted": .integer(w), "said": .integer(s), "right": .integer(m),
          "f1": .number(Self.f1(wanted: w, said: s, met: m)),
        ]
      )
    }
    return ["fields": JSON(members: fields)]
  }

  private static func f1(wanted: Int, said: Int, met: Int) -> Double {
    wanted + said == 0 ? 1 : 2 * Double(met) / Double(wanted + said)
  }
}

/// A leaf of a JSON value.
private struct Field: Hashable {
  var path: String
  var value: String

  static func all(in json: JSON) -> [Field] {
    var fields: [Field] = []
    collect(json, "", into: &fields)
    return fields
  }

  private static func collect(_ json: JSON, _ path: String, into fields: inout [Field]) {
    if json.object != nil, !json.members.isEmpty {
      for (key, value) in json.members {
        collect(value, path.isEmpty ? key : "\(path).\(key)", into: &fields)
      }
    } else if let elements = json.array, !elements.isEmpty {
      for element in elements { collect(element, path + "[]", into: &fields) }
    } else {
      fields.append(Field(path: path.isEmpty ? "value" : path, value: json.text()))
    }
  }
}
