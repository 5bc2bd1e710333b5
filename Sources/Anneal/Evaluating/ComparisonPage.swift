internal import AnnealEvaluation

extension Comparison {
  /// The comparison as one self-contained page.
  public var page: String {
    """
    <!doctype html>
    <html lang="en"><head><meta charset="utf-8"><title>Base against tuned</title>
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <style>\(Self.style)</style></head><body><main>
    <h1>Base against tuned</h1>
    <p class="lead">\(tuned.loss.rows) rows, \(tuned.loss.tokens) tokens. Brackets hold 95 % \
    intervals, by a paired bootstrap over rows.</p>
    <table><thead><tr><th></th><th>base</th><th>tuned</th><th>change</th></tr></thead>
    <tbody>\(lossRows)\(scoreRows)</tbody></table>
    \(bars)
    <h2>Replies side by side</h2>
    \(cards)
    </main></body></html>

    """
  }

  private static let style = """
    :root{--ink:#1d2433;--soft:#667;--line:#dde2ea;--paper:#fff;--card:#f6f8fb;--a:#9aa7bd;--b:#2563eb;\
    --good:#15803d;--bad:#b91c1c}
    @media(prefers-color-scheme:dark){:root{--ink:#e6eaf2;--soft:#9aa4b5;--line:#2d3545;--paper:#12161f;\
    --card:#1a2030;--a:#5c6880;--b:#60a5fa;--good:#4ade80;--bad:#f87171}}
    body{font:16px/1.55 system-ui,sans-serif;color:var(--ink);background:var(--paper);margin:0}
    main{max-width:60rem;margin:0 auto;padding:2.5rem 1.5rem}
    h1{font-size:1.9rem;margin:0}h2{margin-top:2.5rem;font-size:1.25rem}.lead{color:var(--soft)}
    table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
    th,td{padding:.5rem .75rem;border-bottom:1px solid var(--line);text-align:right}
    th:first-child,td:first-child{text-align:left}thead th{color:var(--soft);font-weight:600}
    .card{background:var(--card);border-radius:10px;padding:1rem 1.25rem;margin:1rem 0}
    .card dl{display:grid;grid-template-columns:5.5rem 1fr;gap:.35rem .75rem;margin:0}
    dt{color:var(--soft)}dd{margin:0;font-family:ui-monospace,monospace;font-size:.88rem;\
    overflow-wrap:anywhere;white-space:pre-wrap}
    .good{color:var(--good)}.bad{color:var(--bad)}svg text{fill:var(--ink);font:14px system-ui,sans-serif}
    """

  private var lossRows: String {
    row(
      "loss (nats/token)", base.loss.loss, tuned.loss.loss, digits: 4, interval: lossDifference)
      + row("perplexity", base.loss.perplexity, tuned.loss.perplexity, digits: 2)
      + row(
        "token accuracy (%)", 100 * base.loss.tokenAccuracy, 100 * tuned.loss.tokenAccuracy,
        digits: 1)
  }

  private func row(
    _ name: String, _ before: Double, _ after: Double, digits: Int, interval: Interval? = nil
  ) -> String {
    let bounds =
      interval.map { " [\(fixed($0.low, digits)), \(fixed($0.high, digits))]" } ?? ""
    return "<tr><td>\(name)</td><td>\(fixed(before, digits))</td><td>\(fixed(after, digits))</td>"
      + "<td>\(signed(after - before, digits))\(bounds)</td></tr>"
  }

  private var scoreRows: String {
    tuned.scores.map { score in
      let scale = score.isShare ? 100.0 : 1
      let before = base.score(score.name).map { fixed(scale * $0.value, 1) }
      let change = difference(score.name).map { interval in
        "\(signed(scale * interval.mean, 1)) [\(fixed(scale * interval.low, 1)), "
          + "\(fixed(scale * interval.high, 1))]"
      }
      return "<tr><td>\(title(score.name))\(score.isShare ? " (%)" : "")</td>"
        + "<td>\(before ?? "–")</td><td>\(fixed(scale * score.value, 1))</td>"
        + "<td>\(change ?? "–")</td></tr>"
    }.joined()
  }

  /// The reply metrics as bars, 0 to 100 %.
  private var bars: String {
    let shares = tuned.scores.filter { $0.isShare && $0.measuredRows > 0 }
    guard !shares.isEmpty else { return "" }
    let drawn = shares.enumerated().map { index, score in
      let top = 16 + index * 64
      let before = base.score(score.name)?.value ?? 0
      return "<text x=\"0\" y=\"\(top + 22)\">\(title(score.name))</text>"
        + bar(before, y: top, color: "var(--a)", label: "base")
        + bar(score.value, y: top + 24, color: "var(--b)", label: "tuned")
    }.joined()
    let height = 24 + shares.count * 64
    return "<svg viewBox=\"0 0 800 \(height)\" role=\"img\" aria-label=\"Scores\" "
      + "width=\"100%\">\(drawn)</svg>"
  }

  private func bar(_ share: Double, y: Int, color: String, label: String) -> String {
    let width = max(2, share * 480)
    return "<rect x=\"150\" y=\"\(y)\" width=\"\(fixed(width, 1))\" height=\"20\" rx=\"4\" "
      + "fill=\"\(color)\"/><text x=\"\(fixed(160 + width, 1))\" y=\"\(y + 15)\">"
      + "\(fixed(100 * share, 1)) % \(label)</text>"
  }

  private var cards: String {
    samples(12).map { before, after in
      """
      <div class="card"><dl><dt>request</dt><dd>\(escaped(before.prompt))</dd>
      <dt>wanted</dt><dd>\(escaped(before.reference))</dd>
      <dt>base</dt><dd class="\(mark(before))">\(escaped(before.reply))</dd>
      <dt>tuned</dt><dd class="\(mark(after))">\(escaped(after.reply))</dd></dl></div>
      """
    }.joined(separator: "\n")
  }

  private func mark(_ reply: Examination.Reply) -> String {
    let answer = Answer(references: [reply.reference], reply: reply.reply)
    return ExactMatch().part(of: answer) == 1 ? "good" : "bad"
  }

  private func title(_ metric: String) -> String { metric.replacing("_", with: " ") }

  private func signed(_ value: Double, _ digits: Int) -> String {
    (value >= 0 ? "+" : "") + fixed(value, digits)
  }

  private func fixed(_ value: Double, _ digits: Int) -> String {
    value.fixed(digits)
  }

  private func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }
}
