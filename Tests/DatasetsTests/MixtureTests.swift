import AnnealFiles
import TestSupport
import Testing

@testable import AnnealDatasets

struct MixtureTests {
  private func draws(
    _ strategy: MixStrategy, _ sizes: [Int], _ weights: [Double], temperature: Double = 2,
    seed: UInt64 = 3
  ) throws -> [Mixture.Draw] {
    try Mixture(strategy, weights: weights, temperature: temperature, seed: seed)
      .draws(from: sizes)
  }

  private func counts(_ draws: [Mixture.Draw], _ sets: Int) -> [Int] {
    (0..<sets).map { set in draws.count { $0.set == set } }
  }

  @Test func `all rows one set after another`() throws {
    let rows = try draws(.concatenate, [2, 1], [1, 1])
    #expect(rows == [.init(set: 0, row: 0), .init(set: 0, row: 1), .init(set: 1, row: 0)])
  }

  @Test func `drawing ends with the first set, and no row comes twice`() throws {
    let rows = try draws(.interleaveFirstExhausted, [500, 5000], [0.5, 0.5])
    #expect(Set(rows).count == rows.count)
    let counts = counts(rows, 2)
    #expect(counts[0] == 500)
    // Binomial: 500 ± 5 standard deviations of about 32.
    #expect(abs(counts[1] - 500) < 160)
    #expect(rows.last?.set == 0)
  }

  @Test func `drawing goes on until every set was read to its end`() throws {
    let rows = try draws(.interleaveAllExhausted, [100, 1000], [1, 3])
    let counts = counts(rows, 2)
    #expect(counts[1] == 1000 && rows.last?.set == 1)
    #expect(Set(rows).count == 1100)
    // 1000 rows of the second take about 333 of the first, which has 100: each comes 3 or 4 times.
    #expect(abs(counts[0] - 333) < 110)
    var times = [Int](repeating: 0, count: 100)
    for draw in rows where draw.set == 0 { times[draw.row] += 1 }
    #expect((times.max() ?? 0) - (times.min() ?? 0) <= 1)
  }

  @Test func `temperature evens out sizes`() throws {
    let sizes = [100, 10_000]
    let even = counts(try draws(.temperature, sizes, [1, 1], temperature: 1e9), 2)
    let bySize = counts(try draws(.temperature, sizes, [1, 1], temperature: 1), 2)
    let root = counts(try draws(.temperature, sizes, [1, 1], temperature: 2), 2)
    for counts in [even, bySize, root] { #expect(counts.reduce(0, +) == 10_100) }
    // Five standard deviations of a binomial each.
    #expect(abs(even[0] - 5050) < 260)
    #expect(abs(bySize[0] - 100) < 50)
    #expect(abs(root[0] - 10_100 / 11) < 150)
  }

  @Test func `a mix is a function of the seed`() throws {
    let sizes = [50, 80, 20]
    let first = try draws(.temperature, sizes, [1, 2, 1])
    #expect(try draws(.temperature, sizes, [1, 2, 1]) == first)
    #expect(try draws(.temperature, sizes, [1, 2, 1], seed: 4) != first)
  }

  @Test func `a mix that has no end or nothing to draw is refused`() throws {
    let endless = failure { _ = try draws(.interleaveAllExhausted, [1000, 10], [1e-6, 1]) }
    #expect(endless?.code == .recipe && endless?.message.contains("dataset 1") == true)
    let empty = failure { _ = try draws(.interleaveFirstExhausted, [10, 0], [1, 1]) }
    #expect(empty?.code == .data && empty?.message.contains("dataset 2") == true)
    let few = failure { _ = try draws(.interleaveFirstExhausted, [10, 10], [1]) }
    #expect(few?.code == .recipe)
  }

  @Test func `examples of several sets are mixed, numbered anew and counted`() throws {
    let folder = try TemporaryFolder()
    let settings = PreparationSettings(maxLength: 20)
    let preparation = SetPreparation(WordEncoder(), identity: "words", settings: settings)
    var records = PreparedRecords()
    for (name, count) in [("a", 30), ("b", 90)] {
      let lines = (0..<count).map { #"{"prompt": "\#(name)", "completion": "\#($0) x"}"# }
      let file = try folder.file(name + ".jsonl", lines.joined(separator: "\n"))
      let set = try preparation.prepare(
        RowSource(path: file), store: SetStore(folder: folder.path + "/cache"))
      records = records.appending(PreparedRecords(set))
    }
    let (examples, _) = try records.examples(settings)
    let mixed = try examples.mixed(
      Mixture(.interleaveAllExhausted, weights: [1, 1], seed: 1))
    #expect(mixed.count > 120)
    #expect(try mixed.all().map(\.row) == Array(0..<mixed.count))
    let shares = try SetShares(mixed)
    #expect(shares.shares.map(\.rows).reduce(0, +) == mixed.count)
    #expect(shares.shares[1].rows == 90 && shares.shares[0].rows > 60)
    #expect(shares.shares[0].tokens == shares.shares[0].rows * 4)
    #expect(shares.lines(names: ["a", "b"])[1].hasPrefix("b: 90 rows, "))
    #expect(!shares.lines(names: ["a", "b"])[1].contains("times"))
    #expect(shares.lines(names: ["a", "b"])[0].hasSuffix("each comes about 2 times"))
    for index in 0..<mixed.count {
      let file = try mixed.example(at: index).source.file
      #expect(file.hasSuffix(mixed.set(at: index) == 0 ? "a.jsonl" : "b.jsonl"))
    }
    let sample = records.sampled(10, seed: 4)
    #expect(sample.count == 10)
    #expect(try sample.examples(settings).examples.count == 10)
  }
}
