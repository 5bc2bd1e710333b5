internal import AnnealFiles

/// Web pages, without what stands around the text: menus, side columns, scripts, controls of forms.
public enum HTMLDocument: PandocKind {
  /// `html`.
  public static let name = "html"
  /// `html`, `htm`, `xhtml`.
  public static let endings = ["html", "htm", "xhtml"]
  static let format = "html"
  static let isArchive = false

  /// Files called so, and those that begin as a page does.
  public static func matches(_ file: DocumentFile) -> Bool {
    if endings.contains(file.ending) { return true }
    let start = file.start.prefix(200).trimmed.lowercased()
    return file.ending.isEmpty && (start.hasPrefix("<!doctype html") || start.hasPrefix("<html"))
  }

  static func input(_ file: DocumentFile, notes: inout [AnnealError]) throws -> [UInt8] {
    let page = try file.text(notes: &notes, charset: DeclaredCharset.of(file.head))
    return Array(HTMLFurniture.removed(from: page).utf8)
  }
}
