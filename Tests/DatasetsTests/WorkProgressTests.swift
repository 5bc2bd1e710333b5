import AnnealFiles
import Synchronization
import TestSupport
import Testing

@testable import AnnealDatasets

struct WorkProgressTests {
  private struct Stop: Error {}

  private static let rows = (0..<3000).map { index in
    "{\"prompt\": \"Question number \(index) of them all?\", \"completion\": \"It is \(index).\"}\n"
  }.joined()

  private func clean(_ folder: TemporaryFolder) throws -> CleaningReport {
    let path = try folder.file("rows.jsonl", Self.rows)
    return try CleaningRun(CleaningStages.builtin.stages(named: CleaningStages.standard))
      .clean([RowSource(path: path)], to: folder.path + "/out.jsonl", bad: BadRows(.stop))
  }

  /// What was told, and after how much of it the work is to end.
  private final class Listener: Sendable {
    private let told = Mutex<[WorkProgress.State]>([])
    private let most: Int

    init(endingAfter most: Int = .max) { self.most = most }

    var states: [WorkProgress.State] { told.withLock { $0 } }

    func tell(_ state: WorkProgress.State) throws {
      let count = told.withLock { told in
        told.append(state)
        return told.count
      }
      if count > most { throw Stop() }
    }

    /// What `body` comes to while this listens.
    func during<Result>(_ body: () throws -> Result) throws -> Result {
      let tell: @Sendable (WorkProgress.State) throws -> Void = { try self.tell($0) }
      return try WorkProgress.during(tell, body)
    }
  }

  @Test func `cleaning tells what it does, and how much of it is done`() throws {
    let folder = try TemporaryFolder()
    let listener = Listener()
    let report = try listener.during { try clean(folder) }
    #expect(report.rows == 3000)
    let states = listener.states
    let names = Set(states.map(\.name))
    #expect(names.isSuperset(of: ["reading rows.jsonl", "exact-duplicates", "contradictions"]))
    #expect(states.allSatisfy { (0...1).contains($0.share) })
    #expect(states.last { $0.name == "reading rows.jsonl" }?.share == 1)
    // Stages that judge row by row work together.
    #expect(names.contains { $0.contains(", personal-data") })
  }

  @Test(arguments: [1, 4, 12])
  func `work that is asked to end does so, and leaves nothing behind`(steps: Int) throws {
    let folder = try TemporaryFolder()
    let listener = Listener(endingAfter: steps)
    #expect(throws: Stop.self) { try listener.during { try clean(folder) } }
    #expect(Folder.names(in: folder.path) == ["rows.jsonl"])
  }

  @Test func `work that somebody listens to comes to the same`() throws {
    let (watched, alone) = (try TemporaryFolder(), try TemporaryFolder())
    _ = try Listener().during { try clean(watched) }
    _ = try clean(alone)
    let isSame =
      try fileBytes(watched.path + "/out.jsonl") == fileBytes(alone.path + "/out.jsonl")
    #expect(isSame)
  }
}
