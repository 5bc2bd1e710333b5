public import AnnealFiles

/// Rows that two files have in common, field by field.
public struct SharedRows: Sendable {
  /// The file.
  public let file: String
  /// The file that was inspected before it.
  public let earlier: String
  /// How many different rows both have.
  public let rows: Int

  /// The counts as JSON.
  public var json: JSON {
    ["file": .string(file), "of": .string(earlier), "rows": .integer(rows)]
  }
}

extension DatasetInspection {
  /// What `inspections` of several files have in common, by the rows' fields alone.
  public static func shared(by inspections: [DatasetInspection]) -> [SharedRows] {
    inspections.indices.flatMap { file in
      inspections.indices.prefix(file).compactMap { earlier in
        let (own, other) = (inspections[file], inspections[earlier])
        let rows = own.prints.intersection(other.prints).count
        return rows > 0 ? SharedRows(file: own.path, earlier: other.path, rows: rows) : nil
      }
    }
  }

  /// The same in words; empty for one file, and for files that share nothing.
  public static func sharedInWords(by inspections: [DatasetInspection]) -> String {
    let told = shared(by: inspections).map { shared in
      "~ \(grouped(shared.rows, of: "row")) of \(Folder.name(of: shared.file)) "
        + "\(shared.rows == 1 ? "stands" : "stand") in \(Folder.name(of: shared.earlier)) too"
    }
    guard !told.isEmpty else { return "" }
    return (told + ["  --gate or --output tell of rows that are nearly the same, too"])
      .joined(separator: "\n")
  }
}
