internal import AnnealFiles

/// Lines around material that a judge is shown, so that nothing in the material can close it.
struct Fence {
  /// The line before.
  let open: String
  /// The line behind.
  let close: String

  /// A fence for `texts`: its mark is made of them, so they cannot hold it.
  init(around texts: [String]) {
    let mark = SHA256Digest.hex(of: texts.joined(separator: "\u{0}")).prefix(8)
    open = "<<<\(mark)"
    close = "\(mark)>>>"
  }

  /// `text` between the lines.
  func around(_ text: String) -> String { "\(open)\n\(text)\n\(close)" }
}
