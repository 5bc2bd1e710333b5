internal import CTorch

/// Where a tensor's values lie and its operations run.
public struct Device: Hashable, Sendable, CustomStringConvertible {
  enum Kind: Hashable, Sendable { case cpu, cuda, mps }
  let kind: Kind
  let index: Int

  /// The processor.
  public static let cpu = Device(kind: .cpu, index: 0)
  /// Apple's GPU.
  public static let mps = Device(kind: .mps, index: 0)
  /// NVIDIA's GPU number `index`, from 0.
  public static func cuda(_ index: Int = 0) -> Device { Device(kind: .cuda, index: index) }

  /// The fastest device here: the first CUDA GPU, else Apple's GPU, else the processor.
  public static var best: Device { isCUDAAvailable ? cuda() : isMPSAvailable ? mps : cpu }

  /// How many CUDA devices this process can use; loads libtorch's CUDA part when it is present.
  public static var cudaCount: Int { Int(ct_cuda_device_count()) }
  /// Whether a CUDA device can be used.
  public static var isCUDAAvailable: Bool { cudaCount > 0 }
  /// Whether Apple's GPU can be used.
  public static var isMPSAvailable: Bool { ct_has_mps() }

  init(kind: Kind, index: Int) {
    self.kind = kind
    self.index = index
  }

  /// The device that `text` names: `cpu`, `cuda`, `cuda:1` or `mps`; nil for anything else.
  public init?(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    switch (parts[0], parts.count) {
    case ("cpu", 1): self = .cpu
    case ("mps", 1): self = .mps
    case ("cuda", 1): self = .cuda()
    case ("cuda", 2):
      guard let index = Int(parts[1]), (0..<128).contains(index) else { return nil }
      self = .cuda(index)
    default: return nil
    }
  }

  /// `cpu`, `cuda:0` or `mps`.
  public var description: String {
    switch kind {
    case .cpu: "cpu"
    case .cuda: "cuda:\(index)"
    case .mps: "mps"
    }
  }

  /// Waits until all work given to this device is done; measure times after it.
  public func synchronize() {
    Tensor.perform(on: []) { ct_synchronize(bridged) }
  }

  var bridged: ct_device {
    let code =
      switch kind {
      case .cpu: CT_CPU
      case .cuda: CT_CUDA
      case .mps: CT_MPS
      }
    return ct_device(kind: Int32(code), index: Int32(index))
  }

  init(_ bridged: ct_device) {
    switch Int(bridged.kind) {
    case Int(CT_CUDA): self = .cuda(Int(bridged.index))
    case Int(CT_MPS): self = .mps
    default: self = .cpu
    }
  }
}
