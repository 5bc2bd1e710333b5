/// A self-contained page in the project's style, light and dark; it loads nothing from elsewhere.
struct Page {
  /// The heading, and what a browser's tab shows.
  var title: String
  /// The sentence below it.
  var lead: String
  /// The rest, as markup.
  var body: String
  /// Rules for this page alone, behind those of all pages.
  var extraStyle = ""

  /// The page.
  var html: String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>\(Markup.escaped(title))</title>
    <style>\(RunReport.style)\(extraStyle)</style>
    </head>
    <body>
    <main>
    <header>
    <h1>\(Markup.escaped(title))</h1>
    <p class="lead">\(Markup.escaped(lead))</p>
    </header>
    \(body)
    </main>
    </body>
    </html>

    """
  }

  /// The rules for tables whose first column names the rows, and for cards of texts.
  static let cardStyle = """

    .named td:first-child, .named th:first-child { text-align: left; }
    .card {
      background: var(--card); border: 1px solid var(--line); border-radius: 10px;
      padding: 14px 18px; margin: 0 0 12px;
    }
    .card dl { display: grid; grid-template-columns: 72px 1fr; gap: 4px 12px; margin: 0; }
    .card dt { color: var(--muted); }
    .card dd {
      margin: 0; overflow-wrap: anywhere; white-space: pre-wrap;
      font: 13px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
    }

    """

  /// A section with a heading.
  static func section(_ title: String, _ body: String) -> String {
    "<section><h2>\(Markup.escaped(title))</h2>\n\(body)\n</section>"
  }

  /// Text as it is.
  static func pre(_ text: String) -> String { "<pre>\(Markup.escaped(text))</pre>" }

  /// Names and values.
  static func facts(_ lines: [(name: String, value: String)]) -> String {
    let body = lines.map { line in
      "<tr><th>\(Markup.escaped(line.name))</th><td>\(Markup.escaped(line.value))</td></tr>"
    }
    return "<div class=\"scroll\"><table class=\"facts\"><tbody>\n"
      + body.joined(separator: "\n") + "\n</tbody></table></div>"
  }

  /// A table whose first column names the rows.
  static func table(_ head: [String], _ rows: [[String]]) -> String {
    let cells = { (cells: [String], tag: String) in
      cells.map { "<\(tag)>\(Markup.escaped($0))</\(tag)>" }.joined()
    }
    return
      "<div class=\"scroll\"><table class=\"named\"><thead><tr>\(cells(head, "th"))</tr></thead><tbody>\n"
      + rows.map { "<tr>\(cells($0, "td"))</tr>" }.joined(separator: "\n")
      + "\n</tbody></table></div>"
  }
}
