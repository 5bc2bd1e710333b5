internal import AnnealFiles

/// A run as one self-contained page: the content of `report.html`.
public struct RunReport: Sendable {
  /// What was trained, such as the run's name.
  public var title: String
  /// What the run came to.
  public var summary: Summary
  /// Its metrics.
  public var rows: [MetricsRow]
  /// Its recipe, as resolved and portable.
  public var recipe: Recipe
  /// The report on its data, as plain text.
  public var dataReport: String
  /// What it was computed with: names and values.
  public var environment: [(name: String, value: String)]
  /// What can be done next: a word and a command.
  public var next: [(purpose: String, command: String)]

  /// A report of a run.
  public init(
    title: String, summary: Summary, rows: [MetricsRow], recipe: Recipe, dataReport: String = "",
    environment: [(name: String, value: String)] = [],
    next: [(purpose: String, command: String)] = []
  ) {
    self.title = title
    self.summary = summary
    self.rows = rows
    self.recipe = recipe
    self.dataReport = dataReport
    self.environment = environment
    self.next = next
  }

  /// The page.
  ///
  /// It loads nothing from elsewhere and runs no script.
  public var html: String {
    Page(
      title: title, lead: lead,
      body: """
        \(figures)
        \(reading)
        <section><h2>Curves</h2>
        \(rows.isEmpty ? "<p>Nothing was measured.</p>" : Curves(rows, title: title).element)
        </section>
        \(evaluations)
        \(dataReport.isEmpty ? "" : Page.section("Data", Page.pre(dataReport)))
        \(nextSteps)
        \(files)
        \(machine)
        <section><h2>Recipe</h2>
        <p>Every key that decided this run, defaults included. It is <code>recipe.yaml</code> in the \
        run’s folder.</p>
        <details><summary>\(RecipeKey.all.count) keys</summary>\(Page.pre(recipe.yaml))</details></section>
        """
    ).html
  }
}

extension RunReport {
  private var lead: String {
    let what = summary.stage == "pt" ? "Pre-training" : "Supervised fine-tuning"
    let how = summary.finetuningType == "lora" ? "LoRA" : "all weights"
    let names = recipe.datasets.map { Self.name($0.path) }.joined(separator: ", ")
    return "\(what) (\(how)) of \(Self.name(recipe.modelNameOrPath)) on \(names). \(ending)"
  }

  private var ending: String {
    switch summary.status {
    case .finished: "The run finished."
    case .stoppedEarly: "The run stopped early, when evaluations no longer got better."
    case .interrupted: "The run was interrupted; what was done is saved, and it can be resumed."
    case .diverged: "The run was stopped because its gradients were no longer finite."
    }
  }

  /// A path's last part: a page that is passed on should not tell where things lie.
  static func name(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  private var figures: String {
    var tiles: [(name: String, value: String, note: String)] = []
    if let best = summary.best {
      let base = summary.base.map { "; base \($0.loss.brief(4))" } ?? ""
      tiles.append(
        ("Evaluation loss, best", best.loss.brief(4), "nats a token, step \(best.step)\(base)"))
      let before = summary.base.map { "base \($0.perplexity.brief(4))" } ?? "exp of the loss"
      tiles.append(("Perplexity, best", best.perplexity.brief(4), before))
      if let accuracy = best.tokenAccuracy {
        let base = summary.base?.tokenAccuracy.map { "base \(($0 * 100).fixed(1)) %" } ?? ""
        tiles.append(("Next-token accuracy", "\((accuracy * 100).fixed(1)) %", base))
      }
    } else if let loss = summary.loss {
      tiles.append(("Training loss, end", loss.brief(4), "nats a trained token"))
    }
    let share = Double(summary.trainableParameters) / Double(max(1, summary.parameters)) * 100
    tiles += [
      (
        "Trained values", Double(summary.trainableParameters).grouped,
        "\(share.brief(3)) % of \(Double(summary.parameters).grouped)"
      ),
      ("Steps", Double(summary.steps).grouped, "\(summary.epochs.brief(3)) epochs"),
      (
        "Time", Amount.seconds(summary.seconds),
        "\(summary.tokensPerSecond.brief(3)) tokens a second"
      ),
      (
        "Tokens", Double(summary.totalTokens).grouped,
        "\(Double(summary.trainedTokens).grouped) trained"
      ),
      ("Peak memory", Amount.bytes(summary.peakBytes), "of tensors"),
    ]
    let items = tiles.map { tile in
      "<div class=\"tile\"><dt>\(Markup.escaped(tile.name))</dt>"
        + "<dd>\(Markup.escaped(tile.value))<small>\(Markup.escaped(tile.note))</small></dd></div>"
    }
    return "<dl class=\"tiles\">\n\(items.joined(separator: "\n"))\n</dl>"
  }

  private var reading: String {
    let items = CurveReading(rows).findings.map { finding in
      let advice = finding.advice.map { " <em>\(Markup.escaped($0))</em>" } ?? ""
      let kind = finding.isWarning ? "warning" : "note"
      return "<li class=\"\(kind)\">\(Markup.escaped(finding.sentence))\(advice)</li>"
    }
    var text = "<ul class=\"findings\">\n\(items.joined(separator: "\n"))\n</ul>"
    if summary.skippedSteps > 0 {
      text +=
        "<p>\(summary.skippedSteps) steps were left out because their gradient was not "
        + "finite.</p>"
    }
    if let step = summary.resumedFromStep {
      text += "<p>The run was resumed from step \(step).</p>"
    }
    return Page.section("What the curves mean", text)
  }

  private var evaluations: String {
    let evaluated = rows.filter { $0.evalLoss != nil }
    if evaluated.isEmpty { return "" }
    let best = evaluated.filter { $0.step > 0 }.min { ($0.evalLoss ?? 0) < ($1.evalLoss ?? 0) }
    let lines = evaluated.map { row in
      let cells = [
        row.step == 0 ? "base" : Double(row.step).grouped, row.epoch.fixed(2),
        row.evalLoss?.fixed(4) ?? "", row.evalPerplexity?.brief(4) ?? "",
        row.evalTokenAccuracy.map { ($0 * 100).fixed(1) + " %" } ?? "",
      ]
      let mark = row.step == best?.step ? " class=\"best\"" : ""
      return "<tr\(mark)>" + cells.map { "<td>\($0)</td>" }.joined() + "</tr>"
    }
    let head = ["step", "epoch", "loss (nats/token)", "perplexity", "next-token accuracy"]
      .map { "<th>\($0)</th>" }.joined()
    let table =
      "<div class=\"scroll\"><table><thead><tr>\(head)</tr></thead><tbody>\n"
      + lines.joined(separator: "\n") + "\n</tbody></table></div>"
    let body =
      lines.count > 12
      ? "<details><summary>\(lines.count) evaluations</summary>"
        + table + "</details>" : table
    return Page.section("Evaluations", body)
  }

  private var nextSteps: String {
    if next.isEmpty { return "" }
    let items = next.map { step in
      "<li>\(Markup.escaped(step.purpose))\(Page.pre(step.command))</li>"
    }
    return Page.section(
      "What to do next", "<ul class=\"next\">\(items.joined(separator: "\n"))</ul>")
  }

  private var files: String {
    if summary.files.isEmpty { return "" }
    return Page.section("Files", Page.facts(summary.files.map { ($0.name, $0.path) }))
  }

  private var machine: String {
    environment.isEmpty ? "" : Page.section("Computed with", Page.facts(environment))
  }
}
