import AnnealFiles
import Foundation
import Testing

@testable import AnnealEvaluation

/// Programs that a model wrote, run with Python.
@Suite struct CodeRunnerTests {
  private static let hasPython =
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
      FileManager.default.isExecutableFile(atPath: "\($0)/python3")
    }

  @Test(
    .enabled(if: hasPython, "there is no python3"),
    arguments: [
      ("assert 1 + 1 == 2", true), ("assert 1 + 1 == 3", false), ("def broken(:", false),
      ("import sys; sys.exit(0)", false), ("import os; os._exit(0)", false), ("input()", false),
      ("x = bytearray(3 << 30)", false), ("open('note', 'w').write('x')", true),
    ])
  func `a program passes when it comes to its end within its limits`(
    program: String, passes: Bool
  ) throws {
    #expect(try CodeRunner(seconds: 60).passes(program) == passes, "\(program)")
  }

  @Test(.enabled(if: hasPython, "there is no python3"))
  func `a program that does not end is ended`() throws {
    #expect(try !CodeRunner(seconds: 1).passes("while True: pass"))
  }

  @Test(.enabled(if: hasPython && CodeRunner(seconds: 1).isIsolated, "processes share the network"))
  func `a program has no network`() throws {
    let program = """
      import socket
      server = socket.create_server(("0.0.0.0", 0))
      names = [name for _, name in socket.if_nameindex()]
      assert names == ["lo"], names
      """
    #expect(try CodeRunner(seconds: 60).passes(program))
  }

  @Test func `no program is run unless that is allowed`() {
    #expect { try MetricRegistry.builtin.replyMetric("pass@1") } throws: {
      "\($0)".contains("--allow-code-execution")
    }
  }

  @Test(.enabled(if: hasPython, "there is no python3"))
  func `a reply is run with its prompt and its test`() throws {
    var settings = MetricSettings(["timeout": 60])
    settings.allowsCode = true
    let metric = try MetricRegistry.builtin.replyMetric("pass@1", settings)
    let answers = ["    return a + b\n", "    return a - b\n"].map { reply in
      Answer(
        prompt: "<chat>", references: ["def check(f):\n  assert f(2, 3) == 5\ncheck(add)"],
        reply: reply, fields: ["prompt": "def add(a, b):\n"])
    }
    #expect(try metric.measured(answers).byRow == [1, 0])
  }
}
