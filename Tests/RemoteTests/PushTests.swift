import AnnealFiles
@testable import AnnealRemote
import Foundation
import LoopbackServers
import Synchronization
import TestSupport
import Testing

@Suite struct PushTests {
  /// A folder with `files`.
  private func write(_ files: [String: [UInt8]], _ bench: HubBench) throws -> String {
    let folder = bench.folder.path + "/mine"
    for (path, bytes) in files {
      try Folder.create(Folder.parent(of: folder + "/" + path) ?? ".")
      try AtomicFile.write(bytes, to: folder + "/" + path)
    }
    return folder
  }

  @Test(arguments: [nil, 1_000_000] as [Int?])
  func `a folder that is pushed is pulled back byte for byte`(partBytes: Int?) async throws {
    let bench = try await HubBench(partBytes: partBytes)
    var files = HubBench.model(2_500_000)
    files["copy.safetensors"] = files["model.safetensors"]
    let folder = try write(files, bench)
    var push = PushRequest(folder, to: try RepositoryID("writer/new"))
    (push.isPrivate, push.message) = (true, "Weights of today")
    let report = try await bench.hub("hf_writer").push(push)
    #expect(report.isNew && report.commit != nil && report.files == files.keys.sorted())
    #expect(bench.server.isPrivate("models/writer/new"))
    #expect(bench.server.messages("models/writer/new") == ["Weights of today"])
    // Two files of one contents are sent once.
    #expect(bench.server.uploads.count == 1)
    let back = try await bench.hub("hf_writer").pull(bench.pull("writer/new"))
    let isSame = try HubBench.contents(back.folder) == files
    #expect(isSame && back.commit == report.commit)
    #expect(bench.server.strayTokens == 0)
  }

  @Test func `what the server has is not sent again`() async throws {
    let bench = try await HubBench()
    var files = HubBench.model()
    let folder = try write(files, bench)
    let push = PushRequest(folder, to: try RepositoryID("writer/new"))
    let first = try await bench.hub("hf_writer").push(push)
    #expect(first.movedBytes == first.bytes)
    let again = try await bench.hub("hf_writer").push(push)
    #expect(again.commit == nil && again.movedBytes == 0 && !again.isNew)
    #expect(bench.server.messages("models/writer/new").count == 1)

    // The same contents under another name need a commit and no upload.
    let weights = try #require(files["model.safetensors"])
    files = ["renamed.safetensors": weights, "config.json": Array("{}".utf8)]
    _ = try write(files, bench)
    let third = try await bench.hub("hf_writer").push(push)
    #expect(third.movedBytes == 2 && bench.server.uploads.count == 1)
    #expect(bench.server.files("models/writer/new")?["renamed.safetensors"]?.count == 300_000)
  }

  @Test(arguments: [nil, 1_000_000] as [Int?])
  func `an upload that breaks is made again, and counted once`(partBytes: Int?) async throws {
    let bench = try await HubBench(partBytes: partBytes)
    let folder = try write(HubBench.model(2_500_000), bench)
    bench.server.fail([Answered(503), Answered(500)], of: "PUT")
    let last = Mutex(TransferState())
    let report = try await bench.hub("hf_writer").push(
      PushRequest(folder, to: RepositoryID("writer/new"))
    ) { state in last.withLock { $0 = state } }
    #expect(report.commit != nil && bench.server.uploads.count == 1)
    let state = last.withLock { $0 }
    #expect(state.bytes == report.bytes && state.files == report.files.count)
    #expect(state.allBytes == report.bytes && state.allFiles == state.files)
  }

  @Test func `a branch is made, and a data set is pushed under one's own name`() async throws {
    let bench = try await HubBench()
    let folder = try write(["rows.jsonl": Array("{}\n".utf8)], bench)
    var push = PushRequest(folder, to: try RepositoryID("rows", kind: .dataset))
    _ = try await bench.hub("hf_writer").push(push)
    push.revision = "try/2"
    _ = try write(["more.jsonl": Array("{}\n".utf8)], bench)
    let report = try await bench.hub("hf_writer").push(push)
    #expect(report.repository.name == "writer/rows")
    #expect(bench.server.files("datasets/writer/rows")?.count == 1)
    #expect(bench.server.files("datasets/writer/rows", branch: "try/2")?.count == 2)
  }

  @Test func `hidden files stay here, and a link out of the folder is refused`() async throws {
    let bench = try await HubBench()
    let folder = try write(
      ["a.txt": [1], ".env": [2], ".git/config": [3], ".gitattributes": [4]], bench)
    let push = PushRequest(folder, to: try RepositoryID("writer/new"))
    let report = try await bench.hub("hf_writer").push(push)
    #expect(report.files == [".gitattributes", "a.txt"] && report.kept == [".env", ".git/config"])
    try AtomicFile.write("secret", to: bench.folder.path + "/outside")
    try SymbolicLink.write(to: folder + "/link.txt", target: "../outside")
    let text = await failure { _ = try await bench.hub("hf_writer").push(push) }
    #expect(text.contains("link.txt") && text.contains("link out of the folder"), "\(text)")
    #expect(bench.server.files("models/writer/new")?["link.txt"] == nil)
  }

  @Test func `what is to be private is not sent to where others can read it`() async throws {
    let bench = try await HubBench()
    bench.server.make("models/writer/open", files: ["a.txt": [1]])
    bench.server.make("models/writer/closed", isPrivate: true, files: ["a.txt": [1]])
    let folder = try write(HubBench.model(), bench)
    var push = PushRequest(folder, to: try RepositoryID("writer/open"))
    (push.isPrivate, push.revision) = (true, "try")
    let text = await failure { [push] in _ = try await bench.hub("hf_writer").push(push) }
    #expect(text.contains("writer/open") && text.contains("not private"), "\(text)")
    #expect(bench.server.uploads.isEmpty && bench.server.files("models/writer/open")?.count == 1)
    #expect(bench.server.files("models/writer/open", branch: "try") == nil)

    push.repository = try RepositoryID("writer/closed")
    let report = try await bench.hub("hf_writer").push(push)
    #expect(!report.isNew && report.commit != nil)
    push.repository = try RepositoryID("writer/new")
    #expect(try await bench.hub("hf_writer").push(push).isNew)
    #expect(try await bench.hub("hf_writer").push(push).commit == nil)
  }

  @Test func `a snapshot of the cache can be pushed`() async throws {
    let bench = try await HubBench()
    let files = HubBench.model()
    bench.server.make("models/me/tiny", files: files)
    let pulled = try await bench.hub().pull(bench.pull())
    _ = try await bench.hub("hf_writer").push(
      PushRequest(pulled.folder, to: RepositoryID("writer/copy")))
    let isSame = bench.server.files("models/writer/copy") == files
    #expect(isSame)
  }

  @Test func `without the right to write a push says so, and sends nothing`() async throws {
    let bench = try await HubBench()
    bench.server.make("models/writer/there", files: ["a.txt": [1]])
    let folder = try write(HubBench.model(), bench)
    for name in ["writer/there", "writer/new"] {
      let push = PushRequest(folder, to: try RepositoryID(name))
      let nobody = await failure { _ = try await bench.hub().push(push) }
      #expect(nobody.contains("401") && nobody.contains("HF_TOKEN"), "\(nobody)")
      let reader = await failure { _ = try await bench.hub("hf_reader").push(push) }
      #expect(reader.contains("403") && reader.contains("token"), "\(reader)")
    }
    #expect(bench.server.uploads.isEmpty)
    let empty = bench.folder.path + "/empty"
    try Folder.create(empty)
    let nothing = await failure {
      _ = try await bench.hub().push(PushRequest(empty, to: RepositoryID("a/b")))
    }
    #expect(nothing.contains("no file to push"), "\(nothing)")
  }
}
