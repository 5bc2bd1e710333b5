internal import AnnealFiles
internal import Subprocess

/// What a tool gave.
struct ToolOutput: Sendable {
  /// Its exit status; nil when a signal ended it.
  var status: Int32?
  var bytes: [UInt8]
  /// What it said on standard error.
  var messages: String

  /// The first line that it said, in brackets for a message; empty when it said none.
  var complaint: String {
    let lines = messages.split(separator: "\n").map(\.trimmed).filter { !$0.isEmpty }
    return lines.first.map { " (\($0.prefix(200)))" } ?? ""
  }
}

extension ExternalTool {
  /// Runs the program on `file`, within `limits`.
  ///
  /// A shell sets the limits for itself and then becomes the program: no argument passes through its
  /// grammar. The program runs in a session of its own, so that what it starts ends with it.
  ///
  /// - Throws: `AnnealError` when it is not installed, takes too long or gives too much; what an exit
  ///   status means is left to the caller.
  func run(
    _ arguments: [String], on file: DocumentFile, input: [UInt8] = [], limits: ToolLimits
  ) async throws -> ToolOutput {
    try await run(arguments, at: file.place(), input: input, limits: limits)
  }

  /// Runs the program for what lies at `place`, within `limits`.
  func run(
    _ arguments: [String], at place: AnnealError.Place, input: [UInt8] = [], limits: ToolLimits
  ) async throws -> ToolOutput {
    let path = try found(at: place)
    return try await withThrowingTaskGroup(of: ToolOutput?.self) { group in
      group.addTask { try await collect(path, arguments, place, input, limits) }
      group.addTask {
        try await Task.sleep(for: .seconds(limits.seconds))
        return nil
      }
      defer { group.cancelAll() }
      guard let first = try await group.next(), let output = first else {
        throw AnnealError(
          .data, "\(name) was stopped: it took longer than \(Int(limits.seconds)) s",
          at: place, remedy: "Divide the file, or allow more: --timeout SECONDS.")
      }
      return output
    }
  }

  private func collect(
    _ path: String, _ arguments: [String], _ place: AnnealError.Place, _ input: [UInt8],
    _ limits: ToolLimits
  ) async throws -> ToolOutput {
    var options = PlatformOptions()
    options.createSession = true
    options.teardownSequence = [
      .gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .milliseconds(500)),
      .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .milliseconds(500)),
    ]
    // Input goes through a file: the package traps when a program ends before it has read a pipe.
    let scratch = input.isEmpty ? nil : try ScratchFolder()
    let source = (scratch?.path).map { $0 + "/input" } ?? "/dev/null"
    if scratch != nil { try AtomicFile.write(input, to: source) }
    defer { withExtendedLifetime(scratch) {} }
    do {
      let result = try await Subprocess.run(
        .name("sh"),
        arguments: Arguments(["-c", Self.script(limits), name, source, path] + arguments),
        environment: .inherit.updating(["LC_ALL": "C.UTF-8"]), platformOptions: options,
        input: .none, output: .bytes(limit: limits.output), error: .bytes(limit: 1 << 22))
      var status: Int32?
      if case .exited(let code) = result.terminationStatus { status = code }
      return ToolOutput(
        status: status, bytes: result.standardOutput,
        messages: String(decoding: result.standardError, as: UTF8.self))
    } catch let error as SubprocessError where error.code == .outputLimitExceeded {
      throw AnnealError(
        .data, "\(name) gave more than \(limits.output >> 20) MiB and was stopped",
        at: place,
        remedy: "Divide the file; one that holds so much from so little is a trap.")
    } catch let error as SubprocessError {
      throw AnnealError(
        .failed, "\(name) cannot be run", at: place, remedy: "Check that \(path) runs.",
        cause: error)
    }
  }

  /// Systems without one of the limits say so, and go on without it.
  private static func script(_ limits: ToolLimits) -> String {
    let memory = limits.memory.map { "ulimit -v \($0 * 1024) 2>/dev/null; " } ?? ""
    let seconds = Int(limits.seconds.rounded(.up)) * 8
    return memory
      + "ulimit -t \(seconds) 2>/dev/null; ulimit -f \(limits.files * 2048) 2>/dev/null; "
      + "ulimit -c 0 2>/dev/null; source=$1; shift; exec \"$@\" <\"$source\""
  }
}
