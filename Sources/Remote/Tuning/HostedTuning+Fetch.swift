internal import AnnealFiles
#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

extension HostedTuning {
  /// Writes all that is known of a job into a folder: `job.json`, `events.jsonl`, `checkpoints.json`
  /// and its measurements.
  ///
  /// - Returns: the names of the files.
  public func fetch(_ job: TuningJob, to folder: String) async throws -> [String] {
    var files: [(name: String, bytes: [UInt8])] = [
      ("job.json", Array((job.json.text(.pretty) + "\n").utf8))
    ]
    let events = try await events(of: job.id).map { $0.json.text(.spaced) + "\n" }
    files.append(("events.jsonl", Array(events.joined().utf8)))
    let checkpoints = try await checkpoints(of: job.id)
    if checkpoints != [] {
      files.append(("checkpoints.json", Array((checkpoints.text(.pretty) + "\n").utf8)))
    }
    for (index, id) in job.resultFiles.enumerated() {
      let bytes = Self.table(try await contents(of: id))
      files.append((index == 0 ? "metrics.csv" : "metrics-\(index + 1).csv", bytes))
    }
    try AtomicFolder.write(to: folder) { partial in
      for (name, bytes) in files { try AtomicFile.write(bytes, to: partial + "/" + name) }
    }
    return files.map(\.name)
  }

  /// A table of measurements, which some servers send in base 64.
  static func table(_ bytes: [UInt8]) -> [UInt8] {
    guard !bytes.contains(UInt8(ascii: ",")), let data = Data(base64Encoded: Data(bytes)),
      data.contains(UInt8(ascii: ","))
    else { return bytes }
    return [UInt8](data)
  }
}
