public import AnnealFiles

/// Turns texts into vectors: the smaller the angle between two, the more alike is what they mean.
///
/// It is asked from threads that may wait and never from a task, so that an embedder behind a server
/// can wait for it there.
public protocol TextEmbedder: Sendable {
  /// What to call it in messages.
  var name: String { get }
  /// How many texts it is best given at once.
  var textsAtOnce: Int { get }
  /// A vector for each of `texts`, in their order, all of one dimension and of finite values.
  ///
  /// - Throws: `RefusedText` for one that it does not take, though it takes others.
  func vectors(of texts: [String]) throws -> [[Float]]
}

/// A text that an embedder does not take, though it takes others.
public struct RefusedText: Error {
  /// Its place among the texts that were given.
  public let place: Int
  /// Why it is not taken.
  public let failure: AnnealError

  /// The text at `place`, not taken because of `failure`.
  public init(place: Int, failure: AnnealError) { (self.place, self.failure) = (place, failure) }
}

extension TextEmbedder {
  /// As many as fill a few requests or passes.
  public var textsAtOnce: Int { 256 }
}

/// The embedding of many texts, a batch at a time.
public struct TextEmbedding: Sendable {
  private let embedder: any TextEmbedder
  private let progress: @Sendable (Int, Int) throws -> Void

  /// Embedding by `embedder`.
  ///
  /// - Parameter progress: told how many texts of how many are done, first 0, last all; an error it
  ///   throws ends the work.
  public init(
    by embedder: any TextEmbedder,
    progress: @escaping @Sendable (_ done: Int, _ all: Int) throws -> Void = { _, _ in }
  ) {
    (self.embedder, self.progress) = (embedder, progress)
  }

  /// What to call the embedder in messages.
  var name: String { embedder.name }

  /// The vectors of the texts of `numbers`, in that order.
  ///
  /// - Parameters:
  ///   - text: the text of a number.
  ///   - place: where it stands.
  /// - Throws: what the embedder throws, and `AnnealError` when it does not take a text, or does not
  ///   give as many vectors as there are texts, all of one dimension and of finite values.
  func vectors(
    of numbers: [Int], text: (Int) throws -> String,
    place: (Int) -> AnnealError.Place? = { _ in nil }
  ) throws -> TextVectors {
    var vectors = TextVectors()
    try progress(0, numbers.count)
    let step = max(1, embedder.textsAtOnce)
    for start in stride(from: 0, to: numbers.count, by: step) {
      let texts = try numbers[start..<min(start + step, numbers.count)].map(text)
      let found: [[Float]]
      do { found = try embedder.vectors(of: texts) } catch let refused as RefusedText {
        guard texts.indices.contains(refused.place) else { throw refused.failure }
        throw failure(refused, texts[refused.place], at: place(numbers[start + refused.place]))
      }
      guard found.count == texts.count else {
        throw AnnealError(
          .failed,
          "the embedder \(embedder.name) gave \(found.count) vectors for \(texts.count) texts")
      }
      try vectors.add(found, of: embedder.name, room: numbers.count)
      try progress(start + texts.count, numbers.count)
    }
    return vectors
  }

  private func failure(
    _ refused: RefusedText, _ text: String, at place: AnnealError.Place?
  ) -> AnnealError {
    AnnealError(
      refused.failure.code,
      "the embedder \(embedder.name) does not take this row of \(grouped(text.utf8.count)) bytes: "
        + refused.failure.message, at: place,
      remedy: "When it is too long, leave such rows out by the stage length before this one: "
        + "--stages length,… --set length.max_characters=…")
  }
}

/// Vectors of length 1 side by side in one array: 4 bytes a value, and nothing else.
struct TextVectors: Sendable {
  /// How many vectors there are.
  private(set) var count = 0
  /// Values of each.
  private(set) var dimension = 0
  /// How many are of zeros, and point nowhere.
  private(set) var zeros = 0
  private var values: [Float] = []

  init() {}

  /// `vectors`, for which `name` is told in failures.
  init(_ vectors: [[Float]], of name: String = "vectors") throws {
    try add(vectors, of: name, room: vectors.count)
  }

  /// Adds `vectors` of the embedder `name`, each divided by its length.
  ///
  /// A vector of zeros stays one: it points nowhere, and is like no other.
  ///
  /// - Parameter room: how many there will be in the end.
  mutating func add(_ vectors: [[Float]], of name: String, room: Int) throws {
    for vector in vectors {
      if count == 0 {
        dimension = vector.count
        let (places, overflows) = room.multipliedReportingOverflow(by: dimension)
        if !overflows { values.reserveCapacity(places) }
      }
      try check(vector, name)
      let square = vector.reduce(0.0) { $0 + Double($1) * Double($1) }
      if square == 0 { zeros += 1 }
      let factor = square > 0 ? 1 / square.squareRoot() : 0
      for value in vector { values.append(Float(Double(value) * factor)) }
      count += 1
    }
  }

  private func check(_ vector: [Float], _ name: String) throws {
    guard !vector.isEmpty else {
      throw AnnealError(.failed, "the embedder \(name) gave a vector without values")
    }
    guard vector.count == dimension else {
      throw AnnealError(
        .failed,
        "the embedder \(name) gave a vector of \(vector.count) values after others of "
          + "\(dimension)",
        remedy: "Vectors of one set are of one model.")
    }
    guard let odd = vector.first(where: { !$0.isFinite }) else { return }
    throw AnnealError(
      .failed, "the embedder \(name) gave a vector with \(odd) in it; expected finite numbers",
      remedy: "A model that computes in a type with little range may need float32.")
  }

  /// Whether there are several, and all point the same way.
  var pointOneWay: Bool {
    count > 1 && (1..<count).allSatisfy { cosine(0, $0) >= 1 - SimilarVectors.rounding }
  }

  /// The cosine of the angle between the vectors at `a` and `b`.
  func cosine(_ a: Int, _ b: Int) -> Float {
    values.withUnsafeBufferPointer { values in
      guard let start = values.baseAddress else { return 0 }
      return DotProduct.of(start + a * dimension, start + b * dimension, dimension)
    }
  }

  /// On which side of each of the `planes` that follow one another in `normals` the vector at `row`
  /// lies, a bit each.
  func sides(_ row: Int, of normals: UnsafePointer<Float>, planes: Int) -> UInt64 {
    values.withUnsafeBufferPointer { values in
      guard let start = values.baseAddress else { return 0 }
      var bits: UInt64 = 0
      for plane in 0..<planes {
        let product = DotProduct.of(start + row * dimension, normals + plane * dimension, dimension)
        bits = bits << 1 | (product >= 0 ? 1 : 0)
      }
      return bits
    }
  }
}

/// Inner products, summed eight by eight so that a processor's wide registers are used.
enum DotProduct {
  /// The inner product of `count` values.
  static func of(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ count: Int) -> Float {
    let (left, right) = (UnsafeRawPointer(a), UnsafeRawPointer(b))
    let size = MemoryLayout<Float>.stride
    var sums = SIMD8<Float>()
    var index = 0
    while index + 8 <= count {
      sums +=
        left.loadUnaligned(fromByteOffset: index * size, as: SIMD8<Float>.self)
        * right.loadUnaligned(fromByteOffset: index * size, as: SIMD8<Float>.self)
      index += 8
    }
    var sum = sums.sum()
    while index < count {
      sum += a[index] * b[index]
      index += 1
    }
    return sum
  }
}
