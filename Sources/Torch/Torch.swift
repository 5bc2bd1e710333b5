internal import CTorch

/// The tensor engine as a whole: threads, version, memory.
public enum Torch {
  /// libtorch's version, such as `2.11.0`.
  public static var version: String { String(cString: ct_version()) }

  /// The processor's instructions that kernels choose by, such as `AVX512-BF16`.
  ///
  /// Others round otherwise.
  public static var instructionSet: String { String(cString: ct_instruction_set()) }

  /// Threads that operations on the processor use.
  public static var threads: Int {
    get { Int(ct_threads()) }
    set { Tensor.perform(on: []) { ct_set_threads(Int32(clamping: newValue)) } }
  }

  /// Whether the processor multiplies bfloat16 in hardware (AVX-512 BF16, AMX or Arm's BF16).
  ///
  /// Where it does, bfloat16 is four to five times as fast as float32.
  public static var hasFastBFloat16: Bool { ct_has_fast_bfloat16() }

  /// Floating-point operations a second of a matrix product `[m, k] · [k, n]` on this machine,
  /// the best of `rounds`.
  public static func matmulRate(
    m: Int = 1024, n: Int = 1024, k: Int = 1024, dtype: DType = .float32, on device: Device = .cpu,
    rounds: Int = 5
  ) -> Double {
    withoutGradient {
      let a = Tensor.ones([m, k], dtype, on: device)
      let b = Tensor.ones([n, k], dtype, on: device).transposed(0, 1)
      var best = Duration.seconds(1_000_000)
      for _ in 0...rounds {
        let time = ContinuousClock().measure {
          _ = a.matmul(b)
          device.synchronize()
        }
        best = min(best, time)
      }
      return 2 * Double(m) * Double(n) * Double(k) / (best / .seconds(1))
    }
  }

  /// The processor's memory held by tensors, in bytes.
  ///
  /// Every tensor passes through a counting allocator, with what its block is larger than was asked.
  /// Mapped files and the scratch space of libraries are not counted.
  public enum Memory {
    /// Bytes that tensors hold now.
    public static var currentBytes: Int { Int(ct_memory_current()) }
    /// The most that they held since the last `resetPeak()`.
    public static var peakBytes: Int { Int(ct_memory_peak()) }
    /// Starts counting the peak anew.
    public static func resetPeak() { ct_memory_reset_peak() }
    /// The most that tensors may hold; nil for no limit.
    ///
    /// An operation that needs more fails with `outOfMemory` and leaves everything else as it was.
    public static var budget: Int? {
      get {
        let bytes = ct_memory_budget()
        return bytes < 0 ? nil : Int(bytes)
      }
      set { ct_memory_set_budget(newValue.map(Int64.init) ?? -1) }
    }
  }
}
