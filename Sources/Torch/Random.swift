internal import CTorch

/// Names a stream of random numbers.
///
/// Numbers are a pure function of the key and of their place in the tensor (Philox4x32-10, the
/// counter-based generator of Salmon et al. 2011): there is no state to save, and the number of
/// threads does not matter.
public struct RandomKey: Hashable, Sendable {
  /// The seed.
  public let seed: UInt64
  /// The stream.
  public let stream: UInt64

  /// Stream number `stream` of `seed`.
  public init(seed: UInt64, stream: UInt64) {
    self.seed = seed
    self.stream = stream
  }

  /// The stream of `seed` that belongs to `name`, such as a parameter's path (64-bit FNV-1a).
  public init(seed: UInt64, name: String) {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    self.init(seed: seed, stream: hash)
  }
}

extension Tensor {
  /// float32 values spread evenly over `range`, on the processor.
  public static func uniform(
    _ shape: [Int], in range: ClosedRange<Double>, key: RandomKey
  ) -> Tensor {
    make(of: []) {
      ct_uniform(
        wide(shape), Int64(shape.count), range.lowerBound, range.upperBound, key.seed, key.stream,
        $0)
    }
  }

  /// float32 values of a normal distribution about 0, on the processor (Box–Muller).
  public static func normal(_ shape: [Int], deviation: Double, key: RandomKey) -> Tensor {
    make(of: []) {
      ct_normal(wide(shape), Int64(shape.count), deviation, key.seed, key.stream, $0)
    }
  }
}

/// Four words of Philox4x32-10.
enum Philox {
  static func block(counter: [UInt32], key: [UInt32]) -> [UInt32] {
    var words = [UInt32](repeating: 0, count: 4)
    ct_philox(counter, key, &words)
    return words
  }
}
