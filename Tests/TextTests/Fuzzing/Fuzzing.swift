import AnnealFiles
import TestSupport
import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Runs something on inputs that a seed decides.
///
/// Every round has a generator of its own, made from the seed and the round's number, so that a round
/// that fails can be run alone. A test runs a few hundred rounds; three variables of the environment
/// make a long run of it:
/// - `ANNEAL_FUZZ_SECONDS`: how long each target runs instead,
/// - `ANNEAL_FUZZ_SEED`: another seed than 1,
/// - `ANNEAL_FUZZ_KEEP`: a folder for the input that is being run, which is what crashed if it did.
struct Fuzzing {
  /// No input may take longer; they are small, and machines may be busy.
  static let patience = Duration.seconds(20)

  private static let environment = ProcessInfo.processInfo.environment

  /// Runs `body` on what `input` makes.
  ///
  /// - Parameters:
  ///   - target: the name of what is tried, which decides the rounds too.
  ///   - rounds: how many, in a test.
  static func run(
    _ target: String, rounds: Int, _ input: (inout SplitMix64) -> [UInt8],
    _ body: ([UInt8], inout SplitMix64) throws -> Void
  ) throws {
    let seed = environment["ANNEAL_FUZZ_SEED"].flatMap { UInt64($0) } ?? 1
    let limit = environment["ANNEAL_FUZZ_SECONDS"].flatMap { Double($0) }
    let kept = environment["ANNEAL_FUZZ_KEEP"].map { $0 + "/" + target }
    let begun = ContinuousClock.now
    let salt = target.utf8.reduce(seed) { SplitMix64.mix($0 ^ UInt64($1)) }
    var round = 0
    while limit.map({ ContinuousClock.now - begun < .seconds($0) }) ?? (round < rounds) {
      var random = SplitMix64(seed: SplitMix64.mix(salt &+ UInt64(round)))
      let bytes = input(&random)
      if let kept { try Data(bytes).write(to: URL(filePath: kept)) }
      let start = ContinuousClock.now
      try body(bytes, &random)
      let taken = ContinuousClock.now - start
      #expect(taken < patience, "\(target), seed \(seed), round \(round) took \(taken)")
      round += 1
    }
    if limit != nil { print("\(target): \(round) rounds from seed \(seed)") }
  }
}

/// Changes inputs at random.
struct Mutator {
  /// What such inputs are made of, to be put in.
  let words: [[UInt8]]
  /// Other inputs, to take parts of.
  let seeds: [[UInt8]]

  init(seeds: [[UInt8]], words: [String]) {
    self.seeds = seeds
    self.words = words.map { Array($0.utf8) } + Self.nasty
  }

  /// Bytes that are no UTF-8, escapes that are no characters, numbers beyond any range.
  private static let nasty: [[UInt8]] =
    [
      [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82], [0],
      [0x80], [0xEF, 0xBB, 0xBF],
    ]
    + [
      "\\ud800", "\\udc00", "\\ud83d\\ude00", "\\u0000", "9223372036854775808", "-1", "1e999",
      "-9223372036854775808", "4294967296", "2147483647", "0.5", "null", "true", "\u{FFFD}", "▁",
      "e\u{301}", "\u{212B}", "👩‍👩‍👧", "\u{202E}", "\r\n", "\u{85}", "\u{3000}",
    ].map { Array($0.utf8) }

  /// A changed copy of one of the seeds, of at most 64 KiB more.
  func input(_ random: inout SplitMix64) -> [UInt8] {
    var bytes = seeds[random.below(seeds.count)]
    for _ in 0...random.below(6) { change(&bytes, &random) }
    return bytes
  }

  private func change(_ bytes: inout [UInt8], _ random: inout SplitMix64) {
    let start = random.below(bytes.count + 1)
    let end = min(bytes.count, start + random.below(random.below(3) == 0 ? 400 : 12))
    switch random.below(9) {
    case 0: if start < bytes.count { bytes[start] ^= UInt8(1 << random.below(8)) }
    case 1: if start < bytes.count { bytes[start] = UInt8(random.below(256)) }
    case 2: bytes.removeSubrange(start..<end)
    case 3: bytes.insert(contentsOf: words[random.below(words.count)], at: start)
    case 4: bytes.replaceSubrange(start..<end, with: words[random.below(words.count)])
    case 5:
      // Deep nesting and long words come from a piece again and again.
      let piece = Array(bytes[start..<min(end, start + 24)])
      let times = random.below(random.below(8) == 0 ? 2600 : 8)
      bytes.insert(contentsOf: repeatElement(piece, count: times).joined(), at: start)
    case 6: if random.below(4) == 0 { bytes.removeSubrange(start...) }
    case 7:
      let other = seeds[random.below(seeds.count)]
      let from = random.below(other.count + 1)
      let part = other[from..<min(other.count, from + random.below(200))]
      bytes.replaceSubrange(start..<end, with: part)
    default:
      if end < bytes.count { bytes.swapAt(start, end) }
    }
  }
}
