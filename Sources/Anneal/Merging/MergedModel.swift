internal import AnnealAdapters
internal import AnnealFiles
internal import AnnealNeural
public import AnnealTorch

/// A model whose adapter is worked into its weights, tensor by tensor, while it is written.
public struct MergedModel {
  let model: LanguageModel

  /// A format that a model can be written in.
  public enum Format: Sendable {
    /// A folder in Hugging Face's layout.
    case safetensors
  }

  /// What a merge did.
  public struct Report: Sendable {
    /// Bytes of the weights written.
    public var bytes: Int
    /// The largest absolute change of any weight.
    public var largestDifference: Double
  }

  /// What is told how many bytes are written, and of how many; an error it throws ends the work.
  public typealias Progress = (_ done: Int, _ all: Int) throws -> Void

  /// Writes the model as a folder that other tools load.
  ///
  /// Merging is done in float32 and rounded once, to `dtype` or the type of the base. Of a model that
  /// was loaded with its weights left in their files, memory holds one tensor at a time.
  ///
  /// - Parameter check: called with the finished folder and what the merge did, before the folder
  ///   takes its place; when it throws, the folder is gone again.
  @discardableResult
  public func export(
    to folder: String, as format: Format = .safetensors, dtype: DType? = nil,
    progress: @escaping Progress = { _, _ in },
    checkedBy check: (String, Report) throws -> Void = { _, _ in }
  ) throws -> Report {
    try Folder.checkReplaceable(folder, markers: "config.json")
    var report = Report(bytes: 0, largestDifference: 0)
    let type = dtype ?? model.network.dtype
    let all = model.network.parameterCount * type.bytes
    try Disk.require(bytes: all + (64 << 20), at: folder, for: "the merged model")
    try AtomicFolder.write(to: folder) { folder in
      // Each tensor is merged when it is written, so that no two copies of the model are held.
      let tensors = model.network.inventory.tensors.map { weight in
        SafetensorsTensor(
          name: weight.path, dtype: type.safetensorsName, shape: weight.shape
        ) { write in
          try progress(report.bytes, all)
          let (value, difference) = try Torch.checked { withoutGradient { merged(weight) } }
          report.bytes += value.count * type.bytes
          report.largestDifference = max(report.largestDifference, difference)
          try Torch.checked {
            let written = value.to(type).to(.cpu)
            try checkFinite(written, weight)
            try written.withBytes { try write($0) }
          }
          weight.letGo()
        }
      }
      try SafetensorsWriter.writeModel(to: folder, tensors: tensors)
      try ModelFolder.writeConfiguration(model.configuration.json, dtype: type, to: folder)
      try model.saveText(to: folder)
      try progress(all, all)
      try check(folder, report)
    }
    return report
  }

  /// Refuses what an adapter has made unusable; a base is written as it is.
  private func checkFinite(_ value: Tensor, _ weight: any ModelTensor) throws {
    guard model.adapter == nil || value.allFinite() else {
      throw AnnealError(
        .model,
        "the merged tensor \(weight.path) holds values that are not finite in "
          + value.dtype.rawValue, at: .init(file: model.folder),
        remedy: "Is the adapter damaged, or a weight very large? Otherwise try --dtype float32.")
    }
  }

  /// `weight` with what is attached to it worked in, and the largest absolute change.
  func merged(_ weight: any ModelTensor) -> (value: Tensor, difference: Double) {
    let attached =
      weight.name == "weight"
      ? model.adapter?.attachments.filter { $0.site.path == weight.module } ?? [] : []
    guard !attached.isEmpty else { return (weight.dense(), 0) }
    let base = weight.dense().to(.float32)
    let result = attached.reduce(base) { $1.attachment.merged(into: $0) ?? $0 }
    return (result, (result - base).abs().max().item())
  }
}

extension LanguageModel {
  /// The model with its adapter worked in; nothing is computed before it is exported.
  public func merged() -> MergedModel { MergedModel(model: self) }

  /// Writes the model as it is, without an adapter, as a folder that other tools load.
  public func save(to folder: String, dtype: DType? = nil) throws {
    try withoutAdapter { _ = try MergedModel(model: self).export(to: folder, dtype: dtype) }
  }
}
