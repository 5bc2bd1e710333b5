import Anneal
import AnnealFiles
import AnnealTorch
import ArgumentParser
import Foundation

/// `anneal doctor`: what is here and what is missing.
struct Doctor: Verb {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "What this machine has, and what is missing.")

  @OptionGroup var output: OutputOptions

  func perform(_ console: Console) async throws {
    let float = Torch.matmulRate()
    let brain = Torch.matmulRate(dtype: .bfloat16)
    let resources = try? Resources.folder()
    let memory = Memory.physicalBytes ?? 0
    let disk = Disk.freeBytes(at: FileManager.default.currentDirectoryPath) ?? 0
    let problems = problems(resources: resources, memory: memory, disk: disk)
    let json: JSON = [
      "version": .string(Version.text), "libtorch": .string(Torch.version),
      "device": .string("\(Device.best)"), "cuda": .bool(Device.isCUDAAvailable),
      "threads": .integer(Torch.threads), "fast_bfloat16": .bool(Torch.hasFastBFloat16),
      "default_dtype": .string(Hardware.fastest(on: .best).rawValue),
      "float32_matmul_flops_per_second": .number(float),
      "bfloat16_matmul_flops_per_second": .number(brain), "memory_bytes": .integer(memory),
      "free_disk_bytes": .integer(disk), "resources": resources.map { .string($0) } ?? .null,
      "problems": .array(problems.map { .string($0) }),
    ]
    console.result(json, text(json, problems))
  }

  private func problems(resources: String?, memory: Int, disk: Int) -> [String] {
    var problems: [String] = []
    if resources == nil {
      problems.append(
        "the embedded model was not found: set ANNEAL_RESOURCES to the project's Resources folder")
    }
    if !Torch.hasFastBFloat16, !Device.isCUDAAvailable {
      problems.append("this processor has no fast bfloat16: training runs in float32, slower")
    }
    if disk < 5_000_000_000 { problems.append("less than 5 GB of disk are free here") }
    if memory < 4_000_000_000 { problems.append("less than 4 GB of memory: use small models") }
    return problems
  }

  private func text(_ json: JSON, _ problems: [String]) -> String {
    func rate(_ key: String) -> String {
      String(format: "%.0f GFLOP/s", (json[key]?.number ?? 0) / 1e9)
    }
    let lines = [
      "anneal        \(Version.text), libtorch \(Torch.version)",
      "device        \(Device.best), \(Amount.count(Torch.threads, of: "thread"))"
        + (Device.isCUDAAvailable ? "" : ", no CUDA GPU"),
      "matrix rate   \(rate("bfloat16_matmul_flops_per_second")) bfloat16, "
        + "\(rate("float32_matmul_flops_per_second")) float32",
      "trains in     \(Hardware.fastest(on: .best).rawValue) unless told otherwise",
      "memory        \(Amount.bytes(json["memory_bytes"]?.integer ?? 0))",
      "free disk     \(Amount.bytes(json["free_disk_bytes"]?.integer ?? 0)) here",
    ]
    let found = problems.isEmpty ? ["Nothing is missing."] : problems.map { "! " + $0 }
    return (lines + [""] + found).joined(separator: "\n")
  }
}
