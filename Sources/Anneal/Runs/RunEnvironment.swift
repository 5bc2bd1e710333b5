#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif
#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif
public import AnnealFiles

/// What a run was computed with: the content of `environment.json`.
///
/// It holds versions and hardware, and neither paths nor names of people or machines.
public enum RunEnvironment {
  /// This process's environment.
  ///
  /// - Parameters:
  ///   - annealVersion: the program's version.
  ///   - torchVersion: libtorch's version.
  ///   - device: the device of the run, such as `cpu`.
  ///   - dtype: the base's number format.
  ///   - threads: threads of computation.
  public static func current(
    annealVersion: String = AnnealVersion.text, torchVersion: String, device: String, dtype: String,
    threads: Int
  ) -> JSON {
    [
      "anneal_version": .string(annealVersion), "torch_version": .string(torchVersion),
      "system": .string(system), "architecture": .string(architecture),
      "processor": .string(processor),
      "cores": .integer(ProcessInfo.processInfo.activeProcessorCount),
      "memory_bytes": .integer(Int(clamping: ProcessInfo.processInfo.physicalMemory)),
      "device": .string(device), "dtype": .string(dtype), "threads": .integer(threads),
    ]
  }

  private static var system: String {
    #if os(Linux)
      let lines = text(of: "/etc/os-release").split(separator: "\n")
      let name = lines.first { $0.hasPrefix("PRETTY_NAME=") }?.dropFirst("PRETTY_NAME=".count)
      return name.map { $0.filter { $0 != "\"" } } ?? "Linux"
    #else
      let version = ProcessInfo.processInfo.operatingSystemVersion
      return "macOS \(version.majorVersion).\(version.minorVersion)"
    #endif
  }

  private static var architecture: String {
    #if arch(x86_64)
      "x86_64"
    #elseif arch(arm64)
      "arm64"
    #else
      "other"
    #endif
  }

  private static var processor: String {
    #if os(Linux)
      let lines = text(of: "/proc/cpuinfo").split(separator: "\n")
      let line = lines.first { $0.hasPrefix("model name") || $0.hasPrefix("Model") }
      let name = line?.split(separator: ":", maxSplits: 1).last.map(String.init) ?? "unknown"
      return name.split(separator: " ").joined(separator: " ")
    #else
      var size = 0
      sysctlbyname("machdep.cpu.brand_string", nil, &size, nil, 0)
      var bytes = [UInt8](repeating: 0, count: size)
      guard size > 0, sysctlbyname("machdep.cpu.brand_string", &bytes, &size, nil, 0) == 0 else {
        return "unknown"
      }
      return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    #endif
  }

  /// A file of the system, which may not say how long it is; empty when it cannot be read.
  private static func text(of path: String) -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return "" }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65536)
    while bytes.count < 1 << 20 {
      let count = read(descriptor, &chunk, chunk.count)
      guard count > 0 else { break }
      bytes += chunk[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
