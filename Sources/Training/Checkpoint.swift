public import AnnealFiles
internal import AnnealNeural
internal import AnnealTorch

/// A moment of a run from which it can go on: trained values, moments, and where the loop stands.
///
/// A folder `step-N/` with `training.safetensors` and `state.json`, whatever else the caller puts
/// there, and `manifest.json` with the hash of each. It is built beside its place and renamed.
public struct Checkpoint: Sendable {
  /// The checkpoint's folder.
  public let folder: String
  /// The contents of `state.json`.
  public let state: JSON

  /// The step after which it was written.
  public var step: Int { state["step"]?.integer ?? 0 }

  /// Opens and verifies the checkpoint in `folder`.
  ///
  /// - Throws: `AnnealError` naming the first file that is missing or differs from its hash.
  public init(verifying folder: String) throws {
    try Manifest.verify(folder: folder)
    self.folder = folder
    state = try JSON(contentsOf: folder + "/state.json")
  }

  /// Checkpoints below `folder`, newest first, verified or not.
  public static func folders(in folder: String) -> [(step: Int, path: String)] {
    Folder.names(in: folder).compactMap { name in
      guard name.hasPrefix("step-"), let step = Int(name.dropFirst(5)) else { return nil }
      return (step, folder + "/" + name)
    }.sorted { $0.step > $1.step }
  }
}

extension TrainingLoop {
  /// Writes a checkpoint to `folder`, atomically.
  ///
  /// - Parameters:
  ///   - notes: what the caller wants to find again, under `notes`.
  ///   - extra: writes further files into the folder before it is sealed.
  public func writeCheckpoint(
    to folder: String, notes: JSON, extra: (String) throws -> Void = { _ in }
  ) throws {
    try AtomicFolder.write(to: folder) { folder in
      try TensorFile.write(
        savedTensors, to: folder + "/training.safetensors", metadata: ["format": "pt"])
      try AtomicFile.write(state(notes: notes).text(.pretty) + "\n", to: folder + "/state.json")
      try extra(folder)
      try Manifest.write(folder: folder)
    }
  }

  private var savedTensors: [(String, Tensor)] {
    zip(parameters.names, parameters.masters).map { ("value.\($0)", $1) }
      + zip(parameters.names, states).flatMap { name, state in
        state.parts.map { ("\($0.name).\(name)", $0.tensor) }
      }
  }

  private func state(notes: JSON) -> JSON {
    [
      "version": 1, "step": .integer(progress.step), "total_steps": .integer(totalSteps),
      "total_tokens": .integer(progress.totalTokens),
      "trained_tokens": .integer(progress.trainedTokens),
      "skipped": .integer(progress.skipped), "skipped_in_a_row": .integer(progress.skippedInARow),
      "fitting_tokens": progress.fittingTokens.map { .integer($0) } ?? .null,
      "largest_fit": .integer(progress.largestFit),
      "split_micro_batches": .integer(progress.splitMicroBatches),
      "optimizer_step": .integer(progress.optimizerSteps),
      "optimizer": .string(type(of: settings.optimizer).name), "plan_sha256": .string(planHash),
      "data_sha256": .string(dataHash), "model_sha256": .string(modelHash),
      "threads": .integer(Torch.threads), "device": .string("\(model.device)"),
      "dtype": .string(model.dtype.rawValue), "libtorch": .string(Torch.version),
      "anneal": .string(AnnealVersion.text), "instructions": .string(Torch.instructionSet),
      "notes": notes,
    ]
  }

  /// Why going on from `checkpoint` would not give the same bytes as an uninterrupted run.
  ///
  /// Memory is not among it: micro-batches that are computed in parts from here on, and were not
  /// before, round their sums otherwise.
  public func differences(from checkpoint: Checkpoint) -> [String] {
    let expected: [(key: String, value: JSON, what: String)] = [
      ("data_sha256", .string(dataHash), "the data, the tokenizer or the chat template"),
      ("model_sha256", .string(modelHash), "the base model"),
      ("plan_sha256", .string(planHash), "the order of the data or its packing"),
      ("optimizer", .string(type(of: settings.optimizer).name), "the optimizer"),
      ("total_steps", .integer(totalSteps), "the number of optimizer steps"),
      ("threads", .integer(Torch.threads), "the number of threads"),
      ("device", .string("\(model.device)"), "the device"),
      ("dtype", .string(model.dtype.rawValue), "the type of the weights"),
      ("libtorch", .string(Torch.version), "the version of libtorch"),
      ("anneal", .string(AnnealVersion.text), "the version of Anneal"),
      ("instructions", .string(Torch.instructionSet), "the processor's instructions"),
    ]
    return expected.compactMap { key, value, what in
      guard let saved = checkpoint.state[key], saved != value else { return nil }
      let detail = key.hasSuffix("_sha256") ? "" : ": \(saved.text()), now \(value.text())"
      return what + detail
    }
  }

  /// Goes on from `checkpoint`.
  public func restore(_ checkpoint: Checkpoint) throws {
    let path = checkpoint.folder + "/training.safetensors"
    let file = try SafetensorsFile(path: path)
    func saved(_ kind: String, _ name: String, like tensor: Tensor) throws -> Tensor {
      guard let entry = file.entry("\(kind).\(name)"), entry.shape == tensor.shape,
        entry.dtype == tensor.dtype.safetensorsName
      else {
        throw AnnealError(
          .model,
          "the checkpoint has no \(kind) of \(name) with extents \(tensor.shape) in "
            + tensor.dtype.rawValue,
          at: .init(file: path),
          remedy: "It belongs to another model, another optimizer or other settings.")
      }
      return try Tensor(reading: entry, of: file)
    }
    // All of it is found before anything is overwritten.
    let values = try zip(parameters.names, parameters.masters).map {
      try saved("value", $0, like: $1)
    }
    let moments = try zip(parameters.names, states).flatMap { name, state in
      try state.parts.map { ($0.tensor, try saved($0.name, name, like: $0.tensor)) }
    }
    parameters.restore(values)
    withoutGradient { for (moment, saved) in moments { moment.copy(from: saved) } }
    progress.optimizerSteps = checkpoint.state["optimizer_step"]?.integer ?? checkpoint.step
    progress.skipped =
      checkpoint.state["skipped"]?.integer ?? checkpoint.step - progress.optimizerSteps
    progress.step = checkpoint.step
    progress.totalTokens = checkpoint.state["total_tokens"]?.integer ?? 0
    progress.trainedTokens = checkpoint.state["trained_tokens"]?.integer ?? 0
    progress.skippedInARow = checkpoint.state["skipped_in_a_row"]?.integer ?? 0
    progress.fittingTokens = checkpoint.state["fitting_tokens"]?.integer
    progress.largestFit = checkpoint.state["largest_fit"]?.integer ?? 0
    progress.splitMicroBatches = checkpoint.state["split_micro_batches"]?.integer ?? 0
  }
}
