import AnnealFiles
@testable import AnnealRemote
import Foundation
import LoopbackServers
import Synchronization
import TestSupport
import Testing

@Suite struct PullTests {
  @Test func `a pull fills the shared cache, and a second one asks for no file`() async throws {
    let bench = try await HubBench(pageEntries: 2)
    let files = HubBench.model()
    let commit = bench.server.make("models/me/tiny", files: files)
    let report = try await bench.hub().pull(bench.pull())
    let snapshot = bench.repositoryFolder + "/snapshots/" + commit
    #expect(report.folder == snapshot && report.commit == commit)
    #expect(report.files == files.keys.sorted())
    #expect(report.bytes == files.values.reduce(0) { $0 + $1.count })
    let isSame = try HubBench.contents(snapshot) == files
    #expect(isSame)

    // The layout that huggingface_hub has.
    let weights = SHA256Digest.hex(of: try #require(files["model.safetensors"]))
    let twin = GitBlobDigest.hex(of: Array("{}".utf8))
    #expect(SymbolicLink.target(of: snapshot + "/model.safetensors") == "../../blobs/" + weights)
    #expect(SymbolicLink.target(of: snapshot + "/sub/twin.json") == "../../../blobs/" + twin)
    #expect(try fileBytes(bench.repositoryFolder + "/refs/main") == Array(commit.utf8))
    #expect(Folder.names(in: bench.repositoryFolder + "/blobs").count == 4)
    #expect(Folder.holdsFile(bench.folder.path + "/cache/CACHEDIR.TAG"))
    let tree = try JSON(contentsOf: "\(bench.repositoryFolder)/trees/\(commit).json")
    #expect(tree["files"]?["model.safetensors"]?["lfs_sha256"] == .string(weights))

    let served = bench.server.served.count
    #expect(served == 3)
    let again = try await bench.hub().pull(bench.pull())
    #expect(again.movedBytes == 0 && bench.server.served.count == served)
  }

  @Test func `a pull that is cut off goes on where it ended, and each byte is served once`()
    async throws
  {
    let bench = try await HubBench()
    let files = HubBench.model()
    let commit = bench.server.make("models/me/tiny", files: files)
    bench.server.cut("model.safetensors", times: 1, after: 100_000)
    let broken = await failure { _ = try await bench.hub(attempts: 1).pull(bench.pull()) }
    #expect(broken.contains("connection broke"), "\(broken)")
    let weights = try #require(files["model.safetensors"])
    let partial = bench.repositoryFolder + "/blobs/\(SHA256Digest.hex(of: weights)).incomplete"
    // What was sent and not yet read when the connection ended is asked for again.
    let there = try #require(Folder.fileBytes(partial))
    #expect((1...100_000).contains(there))
    #expect(!Folder.holdsFile("\(bench.repositoryFolder)/snapshots/\(commit)/model.safetensors"))

    // Cut again, but in one pull: it asks for the rest by itself.
    bench.server.cut("model.safetensors", times: 2, after: 50_000)
    let report = try await bench.hub().pull(bench.pull())
    let ranges = bench.server.served.filter { $0.file == "model.safetensors" }.map(\.range)
    #expect(ranges.count == 4 && ranges[0] == 0..<100_000 && ranges[1].lowerBound == there)
    for (sent, next) in zip(ranges, ranges.dropFirst()) {
      #expect(next.lowerBound > sent.lowerBound && next.lowerBound <= sent.upperBound)
    }
    #expect(ranges.last?.upperBound == 300_000)
    let isSame = try HubBench.contents(report.folder) == files
    #expect(isSame && !Folder.holdsFile(partial))
  }

  @Test(arguments: [("model.safetensors", 200_000), ("config.json", 3)])
  func `a flipped byte is caught, named with both hashes, and asked for anew`(
    _ name: String, _ at: Int
  ) async throws {
    let bench = try await HubBench()
    let files = HubBench.model()
    bench.server.make("models/me/tiny", files: files)
    bench.server.flip(name, at: at)
    let text = await failure { _ = try await bench.hub().pull(bench.pull()) }
    func hash(_ bytes: [UInt8]) -> String {
      name == "config.json" ? GitBlobDigest.hex(of: bytes) : SHA256Digest.hex(of: bytes)
    }
    let bytes = try #require(files[name])
    var other = bytes
    other[at] ^= 1
    #expect(text.contains(name) && text.contains(hash(bytes)), "\(text)")
    #expect(text.contains(hash(other)), "\(text)")
    let blobs = Folder.names(in: bench.repositoryFolder + "/blobs")
    #expect(!blobs.contains { $0.hasPrefix(hash(bytes)) }, "\(blobs)")
    bench.server.flip(name, at: nil)
    let report = try await bench.hub().pull(bench.pull())
    let isSame = try HubBench.contents(report.folder) == files
    #expect(isSame)
  }

  @Test func `a part that an earlier attempt left wrong is caught and asked for anew`() async throws
  {
    let bench = try await HubBench()
    let files = HubBench.model()
    bench.server.make("models/me/tiny", files: files)
    let blobs = bench.repositoryFolder + "/blobs"
    let hash = SHA256Digest.hex(of: try #require(files["model.safetensors"]))
    try Folder.create(blobs)
    for count in [1000, 300_000, 400_000] {
      try AtomicFile.write(HubBench.noise(count, seed: 9), to: "\(blobs)/\(hash).incomplete")
      let text = await failure { _ = try await bench.hub().pull(bench.pull()) }
      // What is longer than the file cannot be its beginning, and is not even tried.
      #expect(text.contains(hash) == (count <= 300_000), "\(count): \(text)")
      #expect(!Folder.holdsFile("\(blobs)/\(hash).incomplete"))
    }
    _ = try await bench.hub().pull(bench.pull())
    #expect(SHA256Digest.hex(of: try fileBytes("\(blobs)/\(hash)")) == hash)
  }

  @Test func `a server that ignores ranges sends the whole, and the whole is right`() async throws {
    let bench = try await HubBench()
    let files = HubBench.model()
    bench.server.make("models/me/tiny", files: files)
    bench.server.ignoreRanges()
    bench.server.cut("model.safetensors", times: 1, after: 70_000)
    let report = try await bench.hub().pull(bench.pull())
    let isSame = try HubBench.contents(report.folder) == files
    #expect(isSame)
  }

  @Test func `a busy server is asked again when it says`() async throws {
    let bench = try await HubBench()
    bench.server.make("models/me/tiny", files: HubBench.model())
    bench.server.fail([Answered(429, [("Retry-After", "1")]), Answered(503)])
    let start = ContinuousClock().now
    let report = try await bench.hub().pull(bench.pull())
    #expect(report.files.count == 5 && elapsedSeconds(since: start) >= 1)
  }

  @Test func `what may not be read is told apart, and a token goes to the Hub alone`() async throws
  {
    let bench = try await HubBench()
    bench.server.make("models/writer/secret", isPrivate: true, files: HubBench.model())
    bench.server.make("models/writer/gated", isGated: true, files: HubBench.model())
    func pull(_ token: String?, _ name: String, _ revision: String = "main") async -> String {
      await failure {
        var pull = try bench.pull(name)
        pull.revision = revision
        _ = try await bench.hub(token).pull(pull)
      }
    }
    let nobody = await pull(nil, "writer/secret")
    #expect(nobody.contains("401") && nobody.contains("it is private"), "\(nobody)")
    #expect(nobody.contains("HF_TOKEN"), "\(nobody)")
    let false_ = await pull("hf_false", "writer/secret")
    #expect(false_.contains("token is not accepted") && !false_.contains("hf_false"), "\(false_)")
    let reader = await pull("hf_reader", "writer/secret")
    #expect(reader.contains("404") && reader.contains("that the token may see"), "\(reader)")
    let gated = await pull("hf_reader", "writer/gated")
    #expect(gated.contains("403") && gated.contains("Ask for access at"), "\(gated)")
    let missing = await pull("hf_writer", "writer/none")
    #expect(missing.contains("there is no writer/none"), "\(missing)")
    let revision = await pull("hf_writer", "writer/secret", "v9")
    #expect(revision.contains("no revision 'v9'"), "\(revision)")
    #expect(await pull("hf_writer", "writer/secret") == "no failure")
    #expect(bench.server.strayTokens == 0)
  }

  @Test func `a token comes from the environment or the standard file`() async throws {
    let bench = try await HubBench()
    let home = bench.folder.path + "/home"
    #expect(try !bench.hub().hasToken)
    try Folder.create(home)
    try AtomicFile.write("hf_writer\n", to: home + "/token")
    #expect(try bench.hub().hasToken)
    bench.server.make("models/writer/secret", isPrivate: true, files: HubBench.model())
    #expect(try await bench.hub().pull(bench.pull("writer/secret")).files.count == 5)
    #expect(throws: AnnealError.self) { try bench.hub("two words") }
    let folders = HubFolders(environment: ["HOME": "/u", "HF_HUB_CACHE": "~/c"])
    #expect(folders.cache == "/u/c" && folders.token == "/u/.cache/huggingface/token")
    let moved = HubFolders(environment: [
      "HOME": "/u", "XDG_CACHE_HOME": "/x", "HF_TOKEN_PATH": "/t",
    ])
    #expect(moved.cache == "/x/huggingface/hub" && moved.token == "/t")
  }

  @Test(arguments: [
    "../evil", "a/../../evil", "/etc/evil", "a//b", "a/./b", "a\\..\\b", "a\u{0}b", "",
    "a\u{9B}2Jb",
  ])
  func `a name that would lead out of the folder is refused`(_ path: String) async throws {
    let bench = try await HubBench()
    bench.server.make("models/me/tiny", files: HubBench.model())
    let hash = GitBlobDigest.hex(of: [])
    bench.server.list([["type": "file", "path": .string(path), "oid": .string(hash), "size": 0]])
    let text = await failure { _ = try await bench.hub().pull(bench.pull()) }
    #expect(text.contains("outside its folder"), "\(text)")
    #expect(!Folder.exists(bench.folder.path + "/cache"))
  }

  @Test(arguments: [".git/config", "sub/.GIT/hooks/x", ".g\u{200C}it/HEAD", ".git"])
  func `git's own files are refused, by which it would run programs`(_ path: String) async throws {
    let bench = try await HubBench()
    bench.server.make("models/me/tiny", files: HubBench.model())
    let hash = GitBlobDigest.hex(of: [])
    bench.server.list([["type": "file", "path": .string(path), "oid": .string(hash), "size": 0]])
    var pull = try bench.pull()
    pull.output = bench.folder.path + "/plain"
    let text = await failure { _ = try await bench.hub().pull(pull) }
    #expect(text.contains("git's own"), "\(text)")
    #expect(!Folder.exists(bench.folder.path + "/plain"))
  }

  @Test func `a repository cannot bring a record of its own pull`() async throws {
    let bench = try await HubBench()
    var files = HubBench.model()
    files[".Anneal-Pull/record.json"] = Array("{}".utf8)
    files[".gitattributes"] = []
    bench.server.make("models/me/tiny", files: files)
    var pull = try bench.pull()
    pull.output = bench.folder.path + "/plain"
    let text = await failure { _ = try await bench.hub().pull(pull) }
    #expect(text.contains("record of a pull") && text.contains("--exclude"), "\(text)")
    #expect(!Folder.exists(bench.folder.path + "/plain"))
    pull.selection = FileSelection(exclude: [".Anneal-Pull*"])
    #expect(try await bench.hub().pull(pull).files.count == files.count - 1)
  }

  @Test func `a listing that is larger than any repository is refused`() async throws {
    let bench = try await HubBench()
    bench.server.make("models/me/tiny", files: HubBench.model())
    let hash = GitBlobDigest.hex(of: [])
    bench.server.list(
      (0..<2).map { index -> JSON in
        [
          "type": "file", "path": .string("huge-\(index)"), "oid": .string(hash),
          "size": .integer((1 << 50) - 1),
        ]
      })
    let text = await failure { _ = try await bench.hub().pull(bench.pull()) }
    #expect(text.contains("than a repository has"), "\(text)")
  }

  @Test(arguments: [2, Int.max])
  func `pages that never end are refused`(pages: Int) async throws {
    let commit = String(repeating: "a", count: 40)
    let server = try await LoopbackServer { request in
      // The first of two names the second and the second the first; of many, each the next.
      let page = (request.query["page"].flatMap { Int($0) } ?? 0) + 1
      let host = request.headers["host"] ?? ""
      let next = "http://\(host)\(request.pathText)?page=\(page % pages)"
      return Answered(200, [("Link", "<\(next)>; rel=\"next\"")], json: [])
    }
    let folder = try TemporaryFolder()
    let hub = try Hub(endpoint: server.url(), environment: ["HF_HOME": folder.path])
    var pull = PullRequest(try RepositoryID("me/tiny"))
    (pull.revision, pull.cache) = (commit, folder.path + "/cache")
    let text = await failure { [pull] in _ = try await hub.pull(pull) }
    #expect(text.contains("pages") && text.contains("never end"), "\(text)")
    #expect(server.requests.count <= HubListing.mostPages)
  }

  @Test(arguments: ["config.json", "model.safetensors"])
  func `what is damaged in the cache is noticed, told of and fetched again`(_ name: String)
    async throws
  {
    let bench = try await HubBench()
    let files = HubBench.model()
    bench.server.make("models/me/tiny", files: files)
    #expect(try await bench.hub().pull(bench.pull()).damaged.isEmpty)
    var bytes = try #require(files[name])
    let isLarge = name == "model.safetensors"
    let hash = isLarge ? SHA256Digest.hex(of: bytes) : GitBlobDigest.hex(of: bytes)
    let blob = "\(bench.repositoryFolder)/blobs/\(hash)"
    bytes[7] ^= 4
    try AtomicFile.write(bytes, to: blob)
    // A large file is read only when it is wished: it may take minutes.
    if isLarge { #expect(try await bench.hub().pull(bench.pull()).damaged.isEmpty) }
    var pull = try bench.pull()
    pull.verify = isLarge
    let report = try await bench.hub().pull(pull)
    #expect(report.damaged == [blob] && report.movedBytes == bytes.count)
    let isSame = try HubBench.contents(report.folder) == files
    #expect(isSame)
    #expect(try await bench.hub().pull(pull).damaged.isEmpty)
  }

  @Test(arguments: ["../../x", "ABC", String(repeating: "g", count: 40)])
  func `a hash that is none becomes no name`(_ hash: String) async throws {
    let bench = try await HubBench()
    bench.server.make("models/me/tiny", files: HubBench.model())
    bench.server.list([["type": "file", "path": "a", "oid": .string(hash), "size": 0]])
    let text = await failure { _ = try await bench.hub().pull(bench.pull()) }
    #expect(text.contains("without a size and hash"), "\(text)")
  }

  @Test func `branches, commits and data sets are pulled by name`() async throws {
    let bench = try await HubBench()
    let first = bench.server.make("datasets/me/tiny", files: ["a.jsonl": [1]])
    let second = bench.server.commit(
      "datasets/me/tiny", branch: "refs/pr/1", files: ["a.jsonl": [2]])
    for (revision, commit, byte) in [
      ("main", first, UInt8(1)), ("refs/pr/1", second, 2), (second, second, 2),
    ] {
      var pull = try bench.pull(kind: .dataset)
      pull.revision = revision
      let report = try await bench.hub().pull(pull)
      #expect(report.commit == commit)
      #expect(try fileBytes(report.folder + "/a.jsonl") == [byte])
    }
    let refs = bench.folder.path + "/cache/datasets--me--tiny/refs"
    #expect(Folder.files(below: refs) == ["main", "refs/pr/1"])
  }

  @Test func `a plain folder has real files, and what a user changed in it stays`() async throws {
    let bench = try await HubBench()
    var files = HubBench.model()
    bench.server.make("models/me/tiny", files: files)
    var pull = try bench.pull()
    let folder = bench.folder.path + "/plain"
    pull.output = folder
    bench.server.cut("model.safetensors", times: 1, after: 100_000)
    _ = await failure { _ = try await bench.hub(attempts: 1).pull(pull) }
    let report = try await bench.hub().pull(pull)
    #expect(report.folder == folder)
    #expect(
      bench.server.served.contains {
        (1...100_000).contains($0.range.lowerBound) && $0.range.upperBound == 300_000
      })
    func pulled() throws -> [String: [UInt8]] {
      try HubBench.contents(folder).filter { !$0.key.hasPrefix(".anneal-pull/") }
    }
    var isSame = try pulled() == files
    #expect(
      isSame
        && Folder.files(below: folder).allSatisfy {
          SymbolicLink.target(of: folder + "/" + $0) == nil
        })
    #expect(!Folder.holdsAnything(bench.folder.path + "/cache"))
    #expect(try await bench.hub().pull(pull).movedBytes == 0)

    // An older file makes way, one that was changed does not.
    files["config.json"] = Array("{\"model_type\": \"qwen2\"}".utf8)
    bench.server.commit("models/me/tiny", files: ["config.json": files["config.json"] ?? []])
    _ = try await bench.hub().pull(pull)
    isSame = try pulled() == files
    #expect(isSame)
    try AtomicFile.write("mine", to: folder + "/config.json")
    let refused = await failure { _ = try await bench.hub().pull(pull) }
    #expect(refused.contains("config.json") && refused.contains("--overwrite"), "\(refused)")
    #expect(try fileBytes(folder + "/config.json") == Array("mine".utf8))
    pull.overwrite = true
    _ = try await bench.hub().pull(pull)
    isSame = try pulled() == files
    #expect(isSame)
  }

  @Test func `what the cache has is copied into a plain folder, and fetched if it is damaged`()
    async throws
  {
    let bench = try await HubBench()
    let files = HubBench.model()
    bench.server.make("models/me/tiny", files: files)
    _ = try await bench.hub().pull(bench.pull())
    let served = bench.server.served.count
    var pull = try bench.pull()
    pull.output = bench.folder.path + "/plain"
    #expect(try await bench.hub().pull(pull).movedBytes == 0)
    #expect(bench.server.served.count == served)

    let hash = SHA256Digest.hex(of: try #require(files["model.safetensors"]))
    var bytes = try #require(files["model.safetensors"])
    bytes[7] ^= 4
    let blob = "\(bench.repositoryFolder)/blobs/\(hash)"
    try AtomicFile.write(bytes, to: blob)
    pull.output = bench.folder.path + "/second"
    let last = Mutex(TransferState())
    let report = try await bench.hub().pull(pull) { state in last.withLock { $0 = state } }
    #expect(report.damaged == [blob] && report.movedBytes == 300_000)
    let state = last.withLock { $0 }
    #expect(state.bytes == state.allBytes && state.files == state.allFiles)
    let isSame =
      try HubBench.contents(report.folder).filter { !$0.key.hasPrefix(".anneal-pull/") } == files
    #expect(isSame)
  }

  @Test func `a pull that is stopped keeps what it has`() async throws {
    let bench = try await HubBench()
    bench.server.make("models/me/tiny", files: HubBench.model(3_000_000))
    struct Stop: Error {}
    await #expect(throws: Stop.self) {
      _ = try await bench.hub().pull(bench.pull()) { state in
        if state.movedBytes > 500_000 { throw Stop() }
      }
    }
    let report = try await bench.hub().pull(bench.pull())
    #expect(report.movedBytes < 2_600_000 && report.bytes > 3_000_000)
  }

  @Test func `weights in a second format are left out, and patterns choose`() throws {
    let names = [
      "config.json", "model.safetensors", "pytorch_model.bin", "onnx/model.onnx", "q4.gguf",
      "original/consolidated.00.pth", "2_Dense/pytorch_model.bin", "tokenizer.model",
    ]
    let files = try names.map { name in
      let entry: JSON = [
        "type": "file", "path": .string(name), "oid": .string(GitBlobDigest.hex(of: [])), "size": 1,
      ]
      return try #require(try HubFile(entry: entry, of: RepositoryID("a/b")))
    }
    func chosen(_ selection: FileSelection, _ kind: RepositoryID.Kind = .model) -> [String] {
      selection.choose(from: files, kind: kind).chosen.map(\.path)
    }
    #expect(
      chosen(FileSelection())
        == ["config.json", "model.safetensors", "2_Dense/pytorch_model.bin", "tokenizer.model"])
    #expect(chosen(FileSelection(), .dataset) == names)
    #expect(chosen(FileSelection(include: ["*"])) == names)
    #expect(chosen(FileSelection(include: ["onnx/", "*.gguf"])) == ["onnx/model.onnx", "q4.gguf"])
    #expect(
      chosen(FileSelection(include: ["[!a-p]*"], exclude: ["*.gguf", "2*"])) == ["tokenizer.model"])
    let hard = Pattern(String(repeating: "*a", count: 40))
    #expect(!hard.fits(String(repeating: "a", count: 39) + "b"))
    #expect(Pattern("a[]]c?").fits("a]cd") && !Pattern("a?").fits("a") && Pattern("[a").fits("[a"))
  }

  @Test(arguments: ["a/b/c", "a b", "-a/b", "a/b.", "a--b/c", "../x", "", "a/", "ü/b"])
  func `a name that no repository has is refused`(_ name: String) {
    #expect(throws: AnnealError.self) { try RepositoryID(name) }
    #expect(!RepositoryID.isPossible(name))
  }
}
