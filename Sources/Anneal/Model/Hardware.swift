internal import AnnealFiles
public import AnnealTorch

/// What this machine computes with.
public enum Hardware {
  /// The device called `name`: auto, cpu, cuda, cuda:1 or mps.
  public static func device(_ name: String) throws -> Device {
    if name == "auto" { return .best }
    guard let device = Device(name) else {
      throw AnnealError(
        .usage, "there is no device '\(name)'", remedy: "Devices: auto, cpu, cuda, cuda:1, mps.")
    }
    if device != .cpu, device != .mps, !Device.isCUDAAvailable {
      throw AnnealError(
        .usage, "the device '\(name)' is not here: no CUDA GPU was found",
        remedy: "Use --device cpu, or run `anneal doctor` to see what is missing.")
    }
    return device
  }

  /// The type called `name` on `device`; auto is bfloat16 where it is fast, else float32.
  public static func dtype(_ name: String, on device: Device) throws -> DType? {
    switch name {
    case "auto": return fastest(on: device)
    case "float32", "fp32": return .float32
    case "bfloat16", "bf16": return .bfloat16
    default:
      throw AnnealError(
        .usage, "the type '\(name)' is not one to compute in",
        remedy: "Types: auto, float32, bfloat16.")
    }
  }

  /// bfloat16 where the processor multiplies it in hardware, else float32.
  public static func fastest(on device: Device) -> DType {
    device == .cpu && !Torch.hasFastBFloat16 ? .float32 : .bfloat16
  }
}
