import Testing

@testable import Anneal

private let state = ProgressState(
  step: 120, totalSteps: 400, loss: 1.2344, evalLoss: 1.5, tokensPerSecond: 5123,
  secondsLeft: 140, peakBytes: 1_250_000_000)

@Suite struct ProgressTests {
  @Test func `a plain line holds loss, speed, time left and memory`() {
    #expect(
      ProgressLine.plain(state)
        == "step 120/400  loss 1.234  eval 1.500  5,123 tokens/s  2:20 left  1.25 GB")
    #expect(ProgressLine.plain(ProgressState(step: 0, totalSteps: 0)) == "step 0/0")
  }

  @Test(arguments: [0, 3, 20, 30, 40, 60, 80, 100, 200])
  func `a bar never exceeds the terminal`(width: Int) {
    let bar = ProgressLine.bar(state, width: width)
    #expect(bar.count <= width)
    #expect(bar.contains("30%") || width < 5)
  }

  @Test func `a bar is as full as the run and colored only when wanted`() {
    let bar = ProgressLine.bar(state, width: 140)
    #expect(bar.count { $0 == "━" } == 9)
    #expect(bar.count { $0 == "─" } == 21)
    #expect(!bar.contains("\u{1B}"))
    #expect(ProgressLine.bar(state, width: 140, hasColor: true).contains("\u{1B}[32m━"))
  }

  @Test func `a pipe, a dumb terminal and NO_COLOR are honoured`() {
    let terminal = Terminal(isTerminal: true, environment: [:], columns: 100)
    #expect(terminal == Terminal(isInteractive: true, hasColor: true, columns: 100))
    #expect(!Terminal(isTerminal: false, environment: [:], columns: nil).isInteractive)
    #expect(!Terminal(isTerminal: true, environment: ["TERM": "dumb"], columns: nil).isInteractive)
    let plain = Terminal(isTerminal: true, environment: ["NO_COLOR": "1"], columns: nil)
    #expect(plain.isInteractive && !plain.hasColor)
    #expect(Terminal(isTerminal: true, environment: ["COLUMNS": "70"], columns: nil).columns == 70)
  }
}
