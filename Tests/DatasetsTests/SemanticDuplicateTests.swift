import AnnealFiles
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import AnnealDatasets

/// Vectors in the plane: a text's angle in degrees is the first number in it.
struct AngleEmbedder: TextEmbedder {
  var name: String { "angles" }
  var textsAtOnce = 2

  func vectors(of texts: [String]) -> [[Float]] {
    texts.map { text in
      let digits = text.drop { !$0.isNumber }.prefix { $0.isNumber || $0 == "." }
      let angle = (Double(digits) ?? 90) / 180 * Double.pi
      // Their length says nothing.
      return [Float(3 * cos(angle)), Float(3 * sin(angle))]
    }
  }
}

/// Gives the vectors it was made with, whatever the texts.
private struct FixedEmbedder: TextEmbedder {
  let name = "fixed"
  var found: [[Float]]

  func vectors(of texts: [String]) -> [[Float]] { found }
}

/// Takes no text with the word `never`.
private struct RefusingEmbedder: TextEmbedder {
  let name = "refusing"
  let textsAtOnce = 2

  func vectors(of texts: [String]) throws -> [[Float]] {
    if let place = texts.firstIndex(where: { $0.contains("never") }) {
      throw RefusedText(place: place, failure: AnnealError(.failed, "too long"))
    }
    return AngleEmbedder().vectors(of: texts)
  }
}

@Suite struct SemanticDuplicateTests {
  private func clean(
    _ folder: TemporaryFolder, _ rows: [JSON], set: [String: JSON] = [:],
    by embedder: any TextEmbedder = AngleEmbedder()
  ) throws -> (report: CleaningReport, output: String, log: [JSON]) {
    let path = try folder.file("in.jsonl", rows.map { $0.text(.spaced) + "\n" }.joined())
    let output = folder.path + "/out.jsonl"
    let stages = try CleaningStages.builtin.stages(
      named: ["semantic-duplicates"], settings: set, embedding: TextEmbedding(by: embedder))
    let report = try CleaningRun(stages).clean(
      [RowSource(path: path)], to: output, bad: BadRows(.stop))
    return (report, output, Array(try fields(SideFile.changes.path(beside: output)).dropLast()))
  }

  private func fields(_ path: String) throws -> [JSON] {
    try RowReader(path: path, kind: .jsonl).rows().map(\.fields)
  }

  /// cos 18° = 0.951, cos 19° = 0.946.
  private static let rows: [JSON] = [
    ["text": "0 degrees"], ["text": "18 degrees"], ["text": "19 degrees, which is the longest"],
    ["text": "36.5 degrees"], ["text": " "], ["text": "0.7 degrees only"],
  ]

  @Test
  func `a row goes when its vector points as that of a kept one, and the side file says which`()
    throws
  {
    let folder = try TemporaryFolder()
    let (report, output, log) = try clean(folder, Self.rows)
    // 18° goes for 0°; 19° stays, and 36.5° goes for it, not for 18° which is gone.
    #expect(try fields(output) == [0, 2, 4].map { Self.rows[$0] })
    #expect(report.stages.first?.dropped == 3)
    #expect(log.map { $0["row"]?.integer } == [2, 4, 6])
    #expect(log.allSatisfy { $0["action"] == "drop" })
    let input = folder.path + "/in.jsonl"
    #expect(
      log.map { $0["detail"]?.string } == [
        "\(input):1, row 1, similarity 0.9511", "\(input):3, row 3, similarity 0.9537",
        "\(input):1, row 1, similarity 0.9999",
      ])
    let back = folder.path + "/back.jsonl"
    #expect(try CleaningUndo.restore(output, to: back) == Self.rows.count)
    #expect(try contents(back) == contents(input))
  }

  @Test(
    arguments: [
      (["semantic-duplicates.keep": "longest"], [2, 4, 5]),
      (["semantic-duplicates.threshold": 0.999], [0, 1, 3, 4]),
      (["semantic-duplicates.threshold": 1], [0, 1, 2, 3, 4, 5]),
      (["semantic-duplicates.action": "flag"], [0, 1, 2, 3, 4, 5]),
    ] as [([String: JSON], [Int])])
  func `settings say from which cosine on, which one stays, and what is done`(
    set: [String: JSON], kept: [Int]
  ) throws {
    let folder = try TemporaryFolder()
    let (report, output, _) = try clean(folder, Self.rows, set: set)
    #expect(try fields(output) == kept.map { Self.rows[$0] })
    let isFlagged = set["semantic-duplicates.action"] != nil
    #expect(report.stages.first?.flagged == (isFlagged ? 3 : 0))
  }

  @Test func `rows of unlike labels are never the same`() throws {
    let rows: [JSON] = [
      ["text": "1 or so", "label": "a"], ["text": "1 or so", "label": "b"],
      ["text": "2 or so", "label": "a"],
    ]
    let folder = try TemporaryFolder()
    let (_, output, _) = try clean(folder, rows)
    #expect(try fields(output) == Array(rows.prefix(2)))
  }

  @Test func `without an embedder the stage says what it needs`() {
    let error = failure {
      _ = try CleaningStages.builtin.stages(named: ["semantic-duplicates"])
    }
    #expect(error?.code == .usage && error?.message.contains("no embedder") == true)
    #expect(error?.remedy?.contains("--embedder") == true)
    for threshold in [0.49, 1.01] {
      let error = failure {
        _ = try CleaningStages.builtin.stages(
          named: ["semantic-duplicates"],
          settings: ["semantic-duplicates.threshold": .number(threshold)],
          embedding: TextEmbedding(by: AngleEmbedder()))
      }
      #expect(error?.message.contains("expected 0.5 to 1") == true)
    }
  }

  @Test(
    arguments: [
      ([[1, 0]], "1 vectors for 2 texts"), ([[1, 0], [1]], "of 1 values after others of 2"),
      ([[1, 0], [.nan, 0]], "with nan in it"), ([[], []], "without values"),
    ] as [([[Float]], String)])
  func `vectors that do not fit are an error that names the embedder and what was found`(
    found: [[Float]], message: String
  ) throws {
    let folder = try TemporaryFolder()
    let error = failure {
      _ = try clean(folder, [["text": "a"], ["text": "b"]], by: FixedEmbedder(found: found))
    }
    #expect(error?.message.contains("fixed gave") == true)
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "no error")")
    #expect(!Folder.holdsAnything(folder.path + "/out.jsonl"))
  }

  @Test func `a row whose text is refused is told by its place, with what to do`() throws {
    let folder = try TemporaryFolder()
    let rows: [JSON] = [
      ["text": "1"], ["text": " "], ["text": "20"], ["text": "40"], ["text": "never 60"],
    ]
    let error = failure { _ = try clean(folder, rows, by: RefusingEmbedder()) }
    #expect(error?.code == .failed && error?.place?.line == 5)
    #expect(error?.place?.file == folder.path + "/in.jsonl")
    #expect(error?.message.contains("refusing does not take this row of 8 bytes: too long") == true)
    #expect(error?.remedy?.contains("length.max_characters") == true)
    #expect(!Folder.holdsAnything(folder.path + "/out.jsonl"))
  }

  @Test func `vectors of zeros are told of, and an error when all are`() throws {
    let folder = try TemporaryFolder()
    let rows: [JSON] = [["text": "a"], ["text": "b"], ["text": "c"]]
    let some = FixedEmbedder(found: [[1, 0], [0, 0], [0, 1]])
    let (report, output, _) = try clean(folder, rows, by: some)
    #expect(report.stages.first?.notes == ["1 row got a vector of zeros, which is like no other"])
    #expect(try fields(output) == rows)
    let none = FixedEmbedder(found: [[0, 0], [0, 0], [0, 0]])
    let error = failure { _ = try clean(TemporaryFolder(), rows, by: none) }
    #expect(error?.message.contains("fixed gave a vector of zeros for every row") == true)
    let good = FixedEmbedder(found: [[1, 0], [1, 1], [0, 1]])
    #expect(try clean(folder, rows, by: good).report.stages.first?.notes == [])
  }

  @Test(
    arguments: [
      (["one", "two", "three"], nil), (["one", "One", "ONE "], 1), (["one", "two"], 1),
    ] as [([String], Int?)])
  func `one vector for rows that say unlike things is an error`(texts: [String], kept: Int?) throws
  {
    let same = FixedEmbedder(found: texts.indices.map { [Float($0 + 1), Float($0 + 1)] })
    let rows = texts.map { ["text": .string($0)] as JSON }
    var report: CleaningReport?
    let error = failure { report = try clean(TemporaryFolder(), rows, by: same).report }
    #expect(report?.kept == kept)
    let isTold = error?.message.contains("fixed gave the same vector for every row") == true
    #expect(isTold == (kept == nil), "\(error?.message ?? "no error")")
  }

  @Test func `progress is told from none to all, and may end the work`() throws {
    let told = Told()
    let embedding = TextEmbedding(by: AngleEmbedder()) { done, all in
      told.numbers.append(done)
      if done == 4 { throw AnnealError(.interrupted, "stopped") }
    }
    let error = failure { _ = try embedding.vectors(of: Array(0..<9)) { "\($0)" } }
    #expect(error?.code == .interrupted && told.numbers == [0, 2, 4])
  }

  /// Written by one thread.
  private final class Told: @unchecked Sendable { var numbers: [Int] = [] }
}

@Suite struct SimilarVectorsTests {
  /// Vectors of a normal distribution.
  private static func random(_ count: Int, width: Int, _ numbers: inout SeededNumbers) -> [[Float]]
  {
    (0..<count).map { _ in
      (0..<width).map { _ in
        // Twelve uniform numbers make nearly a normal one.
        let sum = (0..<12).reduce(0.0) { sum, _ in
          sum + Double(numbers.next() >> 11) / Double(1 << 53)
        }
        return Float(sum - 6)
      }
    }
  }

  /// A vector at the cosine `cosine` to `a`.
  private static func turned(_ a: [Float], to cosine: Double, by b: [Float]) -> [Float] {
    let length = product(a, a).squareRoot()
    let along = product(a, b) / (length * length)
    let rest = zip(a, b).map { Double($1) - along * Double($0) }
    let other = rest.reduce(0.0) { $0 + $1 * $1 }.squareRoot()
    let sine = (1 - cosine * cosine).squareRoot()
    return zip(a, rest).map { Float(cosine * Double($0) / length + sine * $1 / other) }
  }

  private static func product(_ a: [Float], _ b: [Float]) -> Double {
    zip(a, b).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
  }

  private static func cosine(_ a: [Float], _ b: [Float]) -> Double {
    product(a, b) / (product(a, a) * product(b, b)).squareRoot()
  }

  @Test(arguments: [0.5, 0.7, 0.9, 0.95, 0.99, 1])
  func `bands of hyperplanes meet pairs at the threshold with a recall of 0,99`(threshold: Double)
    throws
  {
    let cosines = (0..<100).map { Double($0) / 500 - 0.1 }
    let banding = try #require(
      HyperplaneBanding(threshold: threshold, rows: 1_000_000, cosines: cosines))
    #expect(banding.probability(at: threshold) >= 0.99)
    #expect(banding.bands <= HyperplaneBanding.mostBands && banding.planes <= 64)
    // 1 − 1/3 of planes leave vectors at 60° on the same side.
    let agreement = 1 - acos(0.5) / Double.pi
    #expect(abs(agreement - 2.0 / 3) < 1e-12)
    var missed = 1.0
    var same = 1.0
    for _ in 0..<banding.planes { same *= agreement }
    for _ in 0..<banding.bands { missed *= 1 - same }
    #expect(abs(banding.probability(at: 0.5) - (1 - missed)) < 1e-9)
  }

  @Test func `where all vectors are alike, comparing all is less work than bands`() {
    let cosines = [Double](repeating: 0.97, count: 100)
    #expect(HyperplaneBanding(threshold: 0.5, rows: 10_000, cosines: cosines) == nil)
  }

  @Test
  func `of 6000 vectors bands find what comparing all finds, and no pair below the threshold`()
    throws
  {
    var numbers = SeededNumbers(7)
    let (count, planted, width) = (6000, 1200, 24)
    var vectors = Self.random(count - planted, width: width, &numbers)
    let noise = Self.random(planted, width: width, &numbers)
    // Half lie just above the threshold, where bands meet least of what they should, half just below.
    for (index, other) in noise.enumerated() {
      let cosine = index % 2 == 0 ? 0.9001 : 0.8999
      vectors.append(Self.turned(vectors[index * 4], to: cosine, by: other))
    }
    let flat = try TextVectors(vectors)
    var search = SimilarVectors(threshold: 0.9, exactly: .max)
    let all = try search.matches(in: flat)
    search.exactly = 0
    let banded = try search.matches(in: flat)
    let wanted = all.indices.filter { all[$0] != nil }
    let found = banded.indices.filter { banded[$0] != nil }
    // The planted ones, and what chance adds.
    #expect(wanted.count >= planted / 2 && wanted.count < planted / 2 + 20)
    let plantedFound = (0..<planted).filter { index in
      index % 2 == 0 && all[count - planted + index]?.row == index * 4
    }
    #expect(plantedFound.count == planted / 2)
    let shared = Set(wanted).intersection(found)
    // Of 600 at 0.99, 594 are to be expected; the seeds are fixed.
    #expect(Double(shared.count) >= 0.985 * Double(wanted.count), "\(shared.count)")
    for row in found {
      let match = try #require(banded[row])
      let exact = Self.cosine(vectors[row], vectors[match.row])
      #expect(exact >= 0.9 - 1e-6 && abs(exact - Double(match.cosine)) < 1e-5)
      #expect(banded[match.row] == nil && match.row < row)
    }
    // The same on any number of threads.
    search.threads = 1
    let isSame = try search.matches(in: flat) == banded
    #expect(isSame)
  }

  @Test func `a vector goes for one that stays, also where thousands point the same way`() throws {
    var numbers = SeededNumbers(11)
    let one = Self.random(1, width: 16, &numbers)[0]
    let noise = Self.random(5000, width: 16, &numbers)
    let vectors = noise.map { Self.turned(one, to: 0.999, by: $0) }
    var search = SimilarVectors(threshold: 0.95)
    search.exactly = 0
    let matches = try search.matches(in: try TextVectors(vectors))
    #expect(matches[0] == nil)
    #expect(matches.dropFirst().allSatisfy { $0?.row == 0 })
    // From the other end.
    let order = Array((0..<5000).reversed())
    let turned = try search.matches(in: try TextVectors(vectors), order: order)
    #expect(turned.dropLast().allSatisfy { $0?.row == 4999 })
  }

  @Test func `comparing tells how far it is, by the square where each is compared with each`()
    throws
  {
    var numbers = SeededNumbers(3)
    let vectors = try TextVectors(Self.random(1000, width: 8, &numbers))
    for exactly in [0, Int.max] {
      var search = SimilarVectors(threshold: 0.99, exactly: exactly)
      search.threads = 1
      let told = Shares()
      let tell: @Sendable (WorkProgress.State) throws -> Void = { told.add($0.share) }
      _ = try WorkProgress.during(tell) { try search.matches(in: vectors) }
      let shares = told.all
      // Blocks of 256, eight at a time.
      #expect(shares.count == 125 && shares == shares.sorted())
      #expect(shares.last.map { $0 > 0.999 } == true)
      let first = exactly == 0 ? 0.256 : 0.256 * 0.256
      #expect(shares.count > 31 && abs(shares[31] - first) < 1e-9)
    }
  }

  /// The shares of the work that were told.
  private final class Shares: Sendable {
    private let told = Mutex<[Double]>([])

    var all: [Double] { told.withLock { $0 } }

    func add(_ share: Double) { told.withLock { $0.append(share) } }
  }

  @Test func `many vectors that lie close together are known to take long`() throws {
    var numbers = SeededNumbers(5)
    let one = Self.random(1, width: 16, &numbers)[0]
    let noise = Self.random(1500, width: 16, &numbers)
    let close = try TextVectors(noise.map { Self.turned(one, to: 0.999, by: $0) })
    let search = SimilarVectors(threshold: 0.9, exactly: 0, many: 1000)
    let spread = try TextVectors(noise)
    #expect(search.isSlow(for: close) && !search.isSlow(for: spread))
    #expect(!SimilarVectors(threshold: 0.9, exactly: 0, many: 1500).isSlow(for: close))
  }

  @Test func `a vector of zeros is like no other, and one is like itself at the threshold of 1`()
    throws
  {
    let vectors = try TextVectors([[0, 0, 0], [0, 0, 0], [0.1, 0.7, 0.3], [0.2, 1.4, 0.6]])
    let matches = try SimilarVectors(threshold: 1).matches(in: vectors)
    #expect(matches.map { $0?.row } == [nil, nil, nil, 2])
  }
}
