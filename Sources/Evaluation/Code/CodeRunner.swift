internal import AnnealFiles
internal import Foundation

extension TaskSettings {
  /// Whether programs that a model writes run without network on this machine.
  public var isolatesCode: Bool { CodeRunner(seconds: 1).isIsolated }
}

/// Runs programs in Python, each in a process of its own with limits: wall-clock time, processor
/// time, memory, size of files, an empty folder, no input, an environment without the user's
/// variables, and where the system allows it no network.
///
/// This keeps a wrong program from doing harm by accident. It is no jail for a program that means to
/// do harm: such a program could still read files that the user can read.
struct CodeRunner: Sendable {
  /// The longest a program may run, seconds.
  var seconds: Double
  /// The most memory a program may take, bytes.
  var memory = 2 << 30
  private let python: String?
  /// What makes a process without network and its children mortal; empty where that is not allowed.
  private let isolation: [String]

  init(seconds: Double) {
    self.seconds = min(max(seconds, 1), 3600)
    python = Self.find("python3")
    let unshare = [
      "unshare", "--user", "--map-root-user", "--net", "--pid", "--fork", "--kill-child",
    ]
    let isIsolated =
      Self.find("unshare") != nil
      && (try? Self.status(of: unshare + ["true"], in: "/", seconds: 5)) == 0
    isolation = isIsolated ? unshare : []
  }

  /// Whether the process has no network.
  var isIsolated: Bool { !isolation.isEmpty }

  /// Whether `program` runs to its end without a failure.
  ///
  /// - Throws: `AnnealError` when there is no Python, or its file cannot be written.
  func passes(_ program: String) throws -> Bool {
    guard let python else {
      throw AnnealError(
        .failed, "there is no python3, which programs are run with",
        remedy: "Install Python 3, or leave this task out.")
    }
    let folder = NSTemporaryDirectory() + "anneal-code-" + UUID().uuidString
    try Folder.create(folder)
    defer { try? Folder.remove(folder) }
    // A program that ends itself early has not come to its end.
    let mark = UUID().uuidString
    let whole = program + "\nopen('\(mark)', 'w').close()\n"
    try AtomicFile.write(whole, to: folder + "/program.py")
    // Shells call the limit of processes p or u.
    let limits =
      "ulimit -t \(Int(seconds.rounded(.up))); ulimit -v \(memory >> 10); ulimit -f 131072; "
      + "ulimit -p 512 2>/dev/null || ulimit -u 512 2>/dev/null; exec \"$0\" \"$@\""
    let command = isolation + ["/bin/sh", "-c", limits, python, "-I", "program.py"]
    let status = try Self.status(of: command, in: folder, seconds: seconds)
    return status == 0 && Folder.holdsFile(folder + "/" + mark)
  }

  private static func find(_ name: String) -> String? {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
    return path.split(separator: ":").map { "\($0)/\(name)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// The exit status of `command`; nil when it was killed because its time was over.
  private static func status(
    of command: [String], in folder: String, seconds: Double
  ) throws -> Int32? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.environment = [
      "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin",
      "HOME": folder, "LANG": "C.UTF-8", "OMP_NUM_THREADS": "1",
    ]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    do { try process.run() } catch {
      throw AnnealError(.failed, "a process for a program cannot be started", cause: error)
    }
    let clock = ContinuousClock()
    let end = clock.now.advanced(by: .seconds(seconds + 1))
    while process.isRunning, clock.now < end { Thread.sleep(forTimeInterval: 0.01) }
    let isOver = !process.isRunning
    let number = process.processIdentifier
    // What the program started goes with it: the process leads a group of its own.
    if kill(-number, SIGKILL) != 0, !isOver { kill(number, SIGKILL) }
    guard !isOver else { return process.terminationStatus }
    process.waitUntilExit()
    return nil
  }
}
