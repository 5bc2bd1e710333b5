internal import AnnealFiles

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The files that a path stands for: a file, a folder of them, a pattern, or standard input.
public enum DataFiles {
  /// The files of `path`, sorted by name.
  ///
  /// `-` is standard input. Of a folder, the files that hold rows and whose name begins with `split`,
  /// without those that tell of others, such as cards, logs of changes and a README; a pattern has `*`, `?` or `[…]`, as in a shell.
  ///
  /// - Throws: `AnnealError` when there is none, or when a folder holds test files beside others and
  ///   no split is named: test rows must not be learned because they lie beside the others.
  public static func resolved(_ path: String, split: String? = nil) throws -> [String] {
    if path == "-" { return ["/dev/stdin"] }
    if Folder.exists(path) { return try files(in: path, split: split) }
    guard path.contains(where: { "*?[".contains($0) }), !Folder.holdsAnything(path) else {
      return [path]
    }
    let found = matches(of: path).filter { Folder.holdsFile($0) }
    guard !found.isEmpty else {
      throw AnnealError(
        .data, "no file matches the pattern", at: .init(file: path),
        remedy: "Quote the pattern, and check the folder.")
    }
    return found
  }

  private static func files(in folder: String, split: String?) throws -> [String] {
    let files = Folder.names(in: folder).filter { name in
      !name.hasPrefix(".") && Folder.holdsFile(folder + "/" + name) && FileKind.holdsRows(name)
    }
    let all = Set(files)
    let names = files.filter { name in
      name.hasPrefix(split ?? "") && !SideFile.isOne(name, among: all)
        && !(isAboutOthers(name) && all.contains { !isAboutOthers($0) })
    }
    guard !names.isEmpty else {
      throw AnnealError(
        .data,
        split.map { "the folder has no data file whose name begins with '\($0)'" }
          ?? "the folder has no data file",
        at: .init(file: folder), remedy: "Name a file, or another split.")
    }
    let others = names.filter { name in
      ["valid", "dev", "test", "eval"].contains { name.lowercased().hasPrefix($0) }
    }
    if split == nil, let other = others.first, others.count < names.count {
      throw AnnealError(
        .data, "the folder holds \(other) beside \(names.count - others.count) other files",
        at: .init(file: folder),
        remedy: "Name the files, or a split: --split train, and in a recipe {path: \(folder), "
          + "split: train}.")
    }
    return names.map { folder + "/" + $0 }
  }

  /// Whether a file called `name` tells of the files beside it, as far as its name says.
  private static func isAboutOthers(_ name: String) -> Bool {
    let known = [
      "card.json", "card.md", "report.json", "skipped.jsonl", "dataset_info.json",
      "dataset_infos.json",
    ]
    let words = ["readme", "license", "licence", "notice", "changelog", "citation"]
    let isText = [".md", ".txt", ".markdown"].contains { name.lowercased().hasSuffix($0) }
    let stem = name.split(separator: ".").first?.lowercased() ?? ""
    return known.contains(name) || (isText && words.contains(stem))
  }

  private static func matches(of pattern: String) -> [String] {
    var found = glob_t()
    defer { globfree(&found) }
    guard glob(pattern, 0, nil, &found) == 0 else { return [] }
    return (0..<Int(found.gl_pathc)).compactMap { index in
      found.gl_pathv[index].map { String(cString: $0) }
    }
  }
}
