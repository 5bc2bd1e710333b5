internal import AnnealFiles

/// The runs of words of benchmarks, to find rows that hold one.
///
/// As in Brown et al., "Language Models are Few-Shot Learners" (2020), appendix C: runs of 13 words;
/// an item of fewer, down to 8, counts as a whole; runs that many texts hold are common phrases. Other
/// than there, a text that holds most of an item is no common phrase, however often it is found: the
/// item that is copied most is the one that is learned best. That goes for a passage with many
/// questions too; a phrase of the benchmark is what most of a file's items say in few words.
struct BenchmarkRuns: Sendable {
  /// A text of an item, of which others may be copies.
  private struct Piece: Sendable {
    let place: AnnealError.Place
    let words: Int
    /// How many items have the text.
    var items = 0
    /// Whether most items of a file have it.
    var isOfMost = false
    /// How many runs it has that are not a phrase of the benchmark.
    var runs = 0
    /// Whether it is a phrase of the benchmark, such as how an answer is asked for.
    var isPhrase: Bool {
      isOfMost && items > BenchmarkRuns.common && words < BenchmarkRuns.passageWords
    }
  }

  /// The pieces that hold a run.
  private struct Holders: Sendable {
    let first: Int32
    var others: [Int32] = []
    /// Whether so many hold it that it is a phrase of the benchmark.
    var isPhrase: Bool { others.count >= BenchmarkRuns.common }
  }

  /// How many items there are.
  private(set) var count = 0
  /// Items that have too few words to be looked for.
  private(set) var tooShort = 0
  /// Items whose question has too few words to be looked for, while other texts of theirs have enough.
  private(set) var shortQuestions = 0
  /// Files none of whose items can be looked for.
  private(set) var filesTooShort: [String] = []

  private var pieces: [Piece] = []
  /// The piece of a text's words.
  private var known: [UInt64: Int32] = [:]
  /// How many items of the file that is read have a piece.
  private var inFile: [Int32: Int] = [:]
  /// Of each item whose question is known, the pieces that it is asked by.
  private var questions: [[Int32]] = []
  private var runs: [UInt64: Holders] = [:]
  /// How long the runs are.
  private var widths: Set<Int> = []
  private let length: Int

  /// Items of fewer words say too little to be told from chance.
  private static let leastWords = 8
  /// A run that more texts hold is a common phrase.
  private static let common = 10
  /// A text of so many words is no phrase of the benchmark, but a passage that its items are about.
  private static let passageWords = 50

  /// The runs of `length` words of the rows in `files`.
  ///
  /// - Throws: `AnnealError` when a file or a row of it cannot be read, and when nothing in them is
  ///   long enough to be looked for: no leak would be found, and that would say nothing.
  init(files: [String], length: Int) throws {
    self.length = max(1, length)
    for path in files {
      for file in try RowSource(path: path).lookedUp().files() { try add(file) }
    }
    guard !runs.isEmpty else {
      throw AnnealError(
        .data,
        "the benchmarks hold no text of \(min(self.length, Self.leastWords)) words or more, so "
          + "nothing can be looked for", at: .init(file: files.joined(separator: ", ")),
        remedy: "Name the files that hold the benchmarks' items, or leave out --decontaminate.")
    }
    for holders in runs.values where !holders.isPhrase {
      for piece in [holders.first] + holders.others { pieces[Int(piece)].runs += 1 }
    }
    shortQuestions = questions.count { question in
      question.allSatisfy { pieces[Int($0)].isPhrase }
    }
    questions = []
  }

  /// Adds the items of a file.
  private mutating func add(_ file: String) throws {
    let (earlier, earlierShort) = (count, tooShort)
    inFile = [:]
    try RowReader(path: file).forEach { event in
      switch event {
      case .row(let row): add(CleaningRow(row: row, number: 0, format: nil))
      case .bad(let row):
        // An item that is not read is one that is not looked for.
        var error = row.error
        error.message = "the benchmark cannot be looked for: " + error.message
        throw error
      case .note: break
      }
    }
    if count - earlier == tooShort - earlierShort { filesTooShort.append(file) }
    for (piece, items) in inFile where items * 2 > count - earlier {
      pieces[Int(piece)].isOfMost = true
    }
  }

  /// Adds the runs of each text of an item by itself: an answer's choice is too short, a question not.
  private mutating func add(_ item: CleaningRow) {
    count += 1
    var own: Set<Int32> = []
    for text in item.texts {
      if let words = words(of: text) { own.insert(piece(words, at: item.row.place())) }
    }
    guard !own.isEmpty else { return tooShort += 1 }
    for piece in own {
      pieces[Int(piece)].items += 1
      inFile[piece, default: 0] += 1
    }
    let question = BenchmarkQuestion.texts(of: item.row)
    guard !question.isEmpty else { return }
    questions.append(question.compactMap { words(of: $0).flatMap { known[Self.print(of: $0)] } })
  }

  /// The words of a text that has enough of them to be looked for.
  private func words(of text: String) -> [UInt64]? {
    let words = TextWords(text).hashes
    return words.count >= min(length, Self.leastWords) ? words : nil
  }

  /// One hash of all `words`, of which there is one at least.
  private static func print(of words: [UInt64]) -> UInt64 {
    Shingles.runs(of: words, width: words.count)[0]
  }

  /// The piece of `words`, added with its runs when it is new.
  private mutating func piece(_ words: [UInt64], at place: AnnealError.Place) -> Int32 {
    let print = Self.print(of: words)
    if let piece = known[print] { return piece }
    let piece = Int32(clamping: pieces.count)
    pieces.append(Piece(place: place, words: words.count))
    known[print] = piece
    let width = min(length, words.count)
    widths.insert(width)
    for run in Set(Shingles.runs(of: words, width: width)) {
      if runs[run] == nil {
        runs[run] = Holders(first: piece)
      } else if runs[run]?.isPhrase == false {
        runs[run]?.others.append(piece)
      }
    }
    return piece
  }

  /// What a search found.
  struct Found: Sendable {
    /// For each row the place of the item that it holds a run of; nil for most.
    var places: [AnnealError.Place?]
    /// Rows that hold nothing but common phrases of a benchmark.
    var excused: [Int] = []
  }

  /// Looks for the runs in `rows`.
  func found(in rows: Dataset<Row>) throws -> Found {
    let widths = widths.sorted()
    // For each row the runs that it holds, each with the text that it is in.
    let held = try ParallelRows.map(rows.count, filler: [UInt64: UInt64]()) { index in
      var held: [UInt64: UInt64] = [:]
      for text in CleaningRow(row: rows[index], number: 0, format: nil).texts {
        let words = TextWords(text).hashes
        guard let least = widths.first, words.count >= least else { continue }
        let print = Self.print(of: words)
        for width in widths where words.count >= width {
          for run in Shingles.runs(of: words, width: width) where runs[run] != nil {
            held[run] = print
          }
        }
      }
      return held
    }
    // Copies of a text are one that holds the run, or else the worst leaks would be common phrases.
    var texts: [UInt64: Set<UInt64>] = [:]
    for (run, text) in held.lazy.joined() where texts[run, default: []].count <= Self.common {
      texts[run, default: []].insert(text)
    }
    var found = Found(places: [])
    for (row, held) in held.enumerated() {
      let piece = piece(of: held) { texts[$0, default: []].count > Self.common }
      found.places.append(piece.map { pieces[Int($0)].place })
      if piece == nil, !held.isEmpty { found.excused.append(row) }
    }
    return found
  }

  /// The first piece that a row with the runs `held` repeats: it holds a run that is not common, or
  /// more than half of all that the piece has.
  private func piece(of held: [UInt64: UInt64], isCommon: (UInt64) -> Bool) -> Int32? {
    var pieces: [Int32] = []
    var shared: [Int32: Int] = [:]
    var phrases: [Int32: Int] = [:]
    for run in held.keys {
      guard let holders = runs[run] else { continue }
      guard isCommon(run) else {
        pieces.append(holders.first)
        continue
      }
      guard !holders.isPhrase else {
        phrases[holders.first, default: 0] += 1
        continue
      }
      for piece in [holders.first] + holders.others { shared[piece, default: 0] += 1 }
    }
    // Runs that are not common count towards the whole too, but have been told already.
    pieces += shared.filter { isMost($0.value, of: self.pieces[Int($0.key)]) }.keys
    // What stands in so many runs of one text is as long as a passage, whoever else has it.
    pieces += phrases.filter { $0.value > Self.passageWords - length }.keys
    return pieces.min()
  }

  /// Whether so many runs are most of what `piece` has, and it is no phrase of the benchmark.
  private func isMost(_ count: Int, of piece: Piece) -> Bool {
    !piece.isPhrase && count * 2 > piece.runs
  }
}
