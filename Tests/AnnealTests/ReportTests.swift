import AnnealFiles
import Testing

@testable import Anneal

private func report(_ rows: [MetricsRow]) -> RunReport {
  var summary = Summary(status: .stoppedEarly, stage: "sft", finetuningType: "lora")
  summary.fill(from: rows)
  (summary.parameters, summary.trainableParameters) = (1_000_000, 20_000)
  summary.files = [.init("best", "best/")]
  let recipe = Recipe(
    model: "/home/ann/models/tiny", datasets: [.init(path: "/home/ann/<rows>.jsonl")],
    output: "runs/x")
  return RunReport(
    title: "Run <x>", summary: summary, rows: rows,
    recipe: recipe.portable(workingDirectory: "/home/ann", home: "/home/ann"),
    dataReport: "rows read 10 & kept 9", environment: [("threads", "2")],
    next: [("Talk to it", "anneal chat --model models/tiny")])
}

private let rows = madeUpRows(steps: 100, loss: { 3 - 2 * $0 }, evalLoss: { 3 - $0 })

@Suite struct ReportTests {
  @Test func `a report holds everything and is well-formed`() throws {
    let html = report(rows).html
    #expect(try XMLCheck(html).count("svg") == 1)
    for words in [
      "Run &lt;x&gt;", "of tiny on &lt;rows&gt;.jsonl", "stopped early", "20,000",
      "2 % of 1,000,000",
      "The evaluation loss fell from 3", "rows read 10 &amp; kept 9", "anneal chat", "threads",
      "learning_rate: 0.0002", "best/", "prefers-color-scheme: dark",
    ] { #expect(html.contains(words), "\(words)") }
    #expect(!html.contains("/home/ann"))
  }

  @Test func `a report loads nothing from elsewhere`() {
    let html = report(rows).html
    for word in ["<script", "<link", "src=", "url(http", "@import", "href="] {
      #expect(!html.contains(word))
    }
  }

  @Test func `a run without rows has a report`() throws {
    #expect(try XMLCheck(report([]).html).count("h1") == 1)
  }

  @Test func `a summary takes from the rows what they know`() throws {
    let summary = report(rows).summary
    #expect(summary.steps == 100)
    #expect(summary.trainedTokens == 40_000)
    #expect(summary.base?.loss == 3)
    #expect(summary.best == .init(step: 100, loss: 2))
    #expect(abs(summary.tokensPerSecond - 1000) < 1e-6)
    #expect(try #require(summary.loss) < 1.3)
  }

  @Test func `a run's page is made from its files`() throws {
    let folder = try ScratchFolder()
    let recipe = Recipe(model: "m/tiny", datasets: [.init(path: "d.jsonl")], output: "runs/x")
    try RunReport.write(
      recipe: recipe, rows: rows,
      summary: ["stopped_early": true, "parameters": 1000, "trainable_parameters": 10],
      data: "rows        1 200 read · 1 198 kept\n",
      environment: ["torch_version": "2.11.0"], to: folder.path)
    let html = try folder.text("report.html")
    _ = try XMLCheck(html)
    for words in [
      "x · tiny", "stopped early", "1 % of 1,000", "1 200 read", "torch version",
      "anneal chat --model m/tiny --adapter runs/x/best",
    ] { #expect(html.contains(words), "\(words)") }
    #expect(try folder.text("curves.svg").hasPrefix("<?xml"))
  }
}
