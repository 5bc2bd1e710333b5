internal import AnnealEvaluation

extension Comparison {
  /// The comparison as one self-contained page, for people who decide.
  ///
  /// - Parameter metric: what decides.
  public func page(by metric: String) -> String {
    let decision = decision(by: metric)
    let sections = [
      decision.map(banner) ?? "", plot, scores, decision.map(rowByRow) ?? "", judged, effort,
      forgotten, examples(metric),
      facts.isEmpty ? "" : Page.section("How it was measured", Page.facts(facts)),
    ]
    return Page(
      title: "Base against tuned", lead: lead, body: sections.joined(separator: "\n"),
      extraStyle: Page.cardStyle + Self.style
    ).html
  }

  private var lead: String {
    let tokens = tuned.loss.map { ", \(Amount.count($0.tokens)) tokens of wanted replies" } ?? ""
    return "\(Amount.count(rows, of: "row"))\(tokens). Brackets hold 95 % intervals: a paired "
      + "bootstrap over the rows."
  }

  private func banner(_ decision: Decision) -> String {
    let kind = [Verdict.better: "better", .worse: "worse"][decision.verdict] ?? "even"
    let headline =
      switch decision.verdict {
      case .better: "The tuned model is better."
      case .worse: "The tuned model is worse."
      case .notDistinguishable: "These rows cannot tell the two apart."
      }
    return "<div class=\"verdict \(kind)\"><strong>\(headline)</strong>"
      + "<span>\(Markup.escaped(decision.sentence))</span></div>"
  }

  private var plot: String {
    let rows = tuned.scores.compactMap { after -> IntervalPlot.Row? in
      guard after.isShare, let before = base.score(after.name) else { return nil }
      return IntervalPlot.Row(
        name: title(after.name), base: before.interval, tuned: after.interval)
    }
    return rows.isEmpty ? "" : Page.section("Scores", IntervalPlot(rows: rows).element)
  }

  private var scores: String {
    var rows: [[String]] = []
    if let before = base.loss, let after = tuned.loss {
      let bounds = lossDifference.map { bracket($0, digits: 4) } ?? ""
      rows = [
        [
          "loss (nats/token)", before.loss.fixed(4), after.loss.fixed(4),
          (after.loss - before.loss).signed(4) + bounds,
        ],
        [
          "perplexity", before.perplexity.brief(4), after.perplexity.brief(4),
          (after.perplexity - before.perplexity).signed(2),
        ],
        [
          "next-token accuracy (%)", (100 * before.tokenAccuracy).fixed(1),
          (100 * after.tokenAccuracy).fixed(1),
          (100 * (after.tokenAccuracy - before.tokenAccuracy)).signed(1),
        ],
      ]
    }
    rows += tuned.scores.map { score in
      let scale = score.isShare ? 100.0 : 1
      let value = { (metric: MeasuredMetric?) in metric.map { (scale * $0.value).fixed(1) } ?? "–" }
      let change = difference(score.name).map {
        (scale * $0.mean).signed(1) + bracket($0.scaled(by: scale), digits: 1)
      }
      return [
        title(score.name) + (score.isShare ? " (%)" : "")
          + (score.isHigherBetter ? "" : ", less is better"), value(base.score(score.name)),
        value(tuned.score(score.name)), change ?? "–",
      ]
    }
    return Page.section("In numbers", Page.table(["", "base", "tuned", "change"], rows))
  }

  private func rowByRow(_ decision: Decision) -> String {
    guard let test = decision.mcNemar else { return "" }
    let both = tuned.replies.count - decision.leftOut - test.wins - test.losses
    return Page.section(
      "Row by row",
      "<p>\(Amount.count(test.wins, of: "reply", "replies")) became right, "
        + "\(test.losses) became wrong, \(both) stayed as they were. If the models did not differ, so "
        + "large an imbalance would come about with probability \(test.pValue.brief(2)) "
        + "(McNemar’s exact test).</p>")
  }

  private var judged: String {
    guard let judging else { return "" }
    let lines = judging.lines.map { "<li>\(Markup.escaped($0))</li>" }.joined(separator: "\n")
    return Page.section("What a judge says", "<ul>\(lines)</ul>")
  }

  private var effort: String {
    guard let before = base.effort, let after = tuned.effort else { return "" }
    func row(_ name: String, _ value: (ReplyEffort) -> String) -> [String] {
      [name, value(before), value(after)]
    }
    var rows = [
      row("a reply, all replies taken together") { Amount.seconds($0.secondsPerReply) },
      row("tokens read") { $0.promptTokens.map { Amount.count($0) } ?? "not told" },
      row("tokens written") { $0.replyTokens.map { Amount.count($0) } ?? "not told" },
    ]
    if before.latency != nil || after.latency != nil {
      rows.insert(
        row("a reply asked for by itself, median") { $0.latency.map(Amount.seconds) ?? "–" }, at: 1)
    }
    if before.cost != nil || after.cost != nil {
      rows.append(row("a thousand replies cost") { $0.costPerThousand?.brief(3) ?? "–" })
    }
    if before.cut + after.cut > 0 { rows.append(row("replies cut at the limit") { "\($0.cut)" }) }
    if before.unasked + after.unasked > 0 {
      rows.append(row("rows without a reply, which count as empty") { "\($0.unasked)" })
    }
    let hasCost = before.cost != nil || after.cost != nil
    return Page.section(
      hasCost ? "Time and money" : "Time", Page.table(["", "base", "tuned"], rows))
  }

  private var forgotten: String {
    guard !probes.isEmpty else { return "" }
    let rows = probes.map { probe in
      [
        probe.name, probe.base.loss.fixed(4), probe.tuned.loss.fixed(4),
        (probe.tuned.loss - probe.base.loss).signed(4)
          + (probe.difference.map { bracket($0, digits: 4) } ?? ""),
      ]
    }
    return Page.section(
      "What it may have forgotten",
      "<p>The loss on texts that have nothing to do with the task. Where it rises, the tuned model "
        + "knows less of them than its base.</p>"
        + Page.table(["", "base", "tuned", "change (nats/token)"], rows))
  }

  private func examples(_ metric: String) -> String {
    let (wins, losses) = changes(metric)
    let wrong = stillWrong(metric)
    let shown = wins.isEmpty && losses.isEmpty && wrong.isEmpty ? samples(12) : []
    return cards("Replies that became better", wins.prefix(8))
      + cards("Replies that became worse", losses.prefix(8))
      + cards("Replies that stayed wrong", wrong.prefix(8))
      + cards("Replies side by side", shown[...])
  }

  private func cards(_ title: String, _ pairs: ArraySlice<Pair>) -> String {
    guard !pairs.isEmpty else { return "" }
    let cards = pairs.map { before, after in
      """
      <div class="card"><dl><dt>request</dt><dd>\(Markup.escaped(before.prompt))</dd>
      <dt>wanted</dt><dd>\(Markup.escaped(before.reference))</dd>
      <dt>base</dt><dd class="\(mark(before))">\(Markup.escaped(before.reply))</dd>
      <dt>tuned</dt><dd class="\(mark(after))">\(Markup.escaped(after.reply))</dd></dl></div>
      """
    }
    return Page.section(title, cards.joined(separator: "\n"))
  }

  private func mark(_ reply: Examination.Reply) -> String {
    ExactMatch().part(of: reply.answer) == 1 ? "good" : "bad"
  }

  private func title(_ metric: String) -> String { metric.replacing("_", with: " ") }

  private func bracket(_ interval: Interval, digits: Int) -> String {
    " [\(interval.low.signed(digits)), \(interval.high.signed(digits))]"
  }

  private static let style = """

    .verdict {
      border-left: 6px solid var(--muted); background: var(--card); border-radius: 8px;
      padding: 14px 20px; margin: 24px 0 0;
    }
    .verdict strong { display: block; font-size: 20px; }
    .verdict span { color: var(--muted); }
    .verdict.better { border-color: var(--good); }
    .verdict.worse { border-color: var(--warn); }
    .good { color: var(--good); } .bad { color: var(--warn); }
    .intervals { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
    .intervals text { fill: var(--ink); font-size: 13px; }
    .intervals .name { font-weight: 600; transform: translateX(14px); }
    .intervals .tick { fill: var(--muted); text-anchor: middle; font-size: 12px; }
    .intervals .grid { stroke: var(--line); }
    .intervals line.base, .intervals circle.base { stroke: var(--muted); fill: var(--muted); }
    .intervals line.tuned, .intervals circle.tuned { stroke: var(--accent); fill: var(--accent); }
    .intervals line.base, .intervals line.tuned { stroke-width: 4; stroke-linecap: round; }

    """
}

extension Interval {
  /// The interval in another unit.
  func scaled(by factor: Double) -> Interval {
    Interval(mean: factor * mean, low: factor * low, high: factor * high)
  }
}
