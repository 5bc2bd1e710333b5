internal import AnnealFiles
public import AnnealTorch

/// Working adapters into their base, or several of them into one.
public struct AdapterMerge: Sendable {
  /// The base model's folder.
  public var model: String
  /// The adapters.
  public var mix: AdapterMix
  /// Which values of a base in codes the adapters are worked into.
  public var precision: BasePrecision?
  /// The folder with the values before they were coded.
  public var fullBase: String?
  /// Data files to measure on how far a merge into a coded base leads.
  public var data: [String]
  /// The largest mean divergence, nats/token, that a merge into a coded base may have.
  public var divergenceLimit: Double?

  /// A merge.
  public init(
    model: String, mix: AdapterMix, precision: BasePrecision? = nil, fullBase: String? = nil,
    data: [String] = [], divergenceLimit: Double? = nil
  ) {
    self.model = model
    self.mix = mix
    self.precision = precision
    self.fullBase = fullBase
    self.data = data
    self.divergenceLimit = divergenceLimit
  }

  /// What a merge did.
  public struct Report: Sendable {
    /// Bytes written.
    public var bytes: Int
    /// The largest absolute change of any weight.
    public var largestDifference: Double
    /// What the base was coded as while the adapter learned; nil where it was not.
    public var codes: String?
    /// How far the result is from the coded base with its adapter.
    public var divergence: Divergence?
  }

  /// Writes the model with the adapters worked in.
  ///
  /// - Throws: `AnnealError` of kind `usage` where the base was in codes and no precision is chosen,
  ///   `gate` where the divergence is larger than its limit; nothing is written then.
  public func write(
    to folder: String, dtype: DType? = nil,
    progress: @escaping MergedModel.Progress = { _, _ in },
    combining: @escaping MergedModel.Progress = { _, _ in }
  ) throws -> Report {
    try mix.check()
    let codes = try CodedBase.find(model: model, adapters: mix.adapters)
    guard let codes else {
      try refuseChoice()
      let model = try reading(self.model, combining)
      let name = Folder.name(of: folder)
      let report = try model.merged().export(
        to: folder, dtype: dtype, progress: progress,
        checkedBy: { folder, report in
          let done = Report(bytes: report.bytes, largestDifference: report.largestDifference)
          try ModelCard(self, done, in: folder, name: name, publicName: model.publicName)
            .write(to: folder)
        })
      return Report(bytes: report.bytes, largestDifference: report.largestDifference)
    }
    let chosen = try choice(codes)
    let (target, probes, before) = try prepared(codes, chosen, combining)
    let name = Folder.name(of: folder)
    var divergence: Divergence?
    let report = try target.merged().export(
      to: folder, dtype: dtype, progress: progress,
      checkedBy: { folder, report in
        let merged = try LanguageModel.load(from: folder, isStreamed: true)
        let found = try before.divergence(to: Predictions(of: merged, on: probes))
        try check(found, codes)
        divergence = found
        let done = Report(
          bytes: report.bytes, largestDifference: report.largestDifference, codes: codes.name,
          divergence: found)
        try ModelCard(self, done, in: folder, name: name, publicName: target.publicName)
          .write(to: folder)
      })
    return Report(
      bytes: report.bytes, largestDifference: report.largestDifference, codes: codes.name,
      divergence: divergence)
  }

  /// Writes the adapters as one.
  ///
  /// - Parameter combining: told how many maps are combined, and of how many.
  /// - Returns: its bytes.
  public func writeAdapter(
    to folder: String, combining: @escaping MergedModel.Progress = { _, _ in }
  ) throws -> Int {
    let base = try reading(model, combining)
    let name = Folder.name(of: folder)
    try base.saveAdapter(to: folder) { folder in
      let done = Report(bytes: Folder.bytes(below: folder), largestDifference: 0)
      try ModelCard(self, done, in: folder, name: name, publicName: base.publicName)
        .write(to: folder)
    }
    return Folder.bytes(below: folder)
  }

  private func reading(
    _ folder: String, _ combining: MergedModel.Progress
  ) throws -> LanguageModel {
    let model = try LanguageModel.loadForReading(from: folder, adapters: mix.adapters)
    try model.attach(mix, progress: combining)
    return model
  }

  private func refuseChoice() throws {
    guard precision != nil || fullBase != nil || divergenceLimit != nil || !data.isEmpty
    else { return }
    throw AnnealError(
      .usage, "the base is not in codes, and no run's recipe says that it was",
      at: .init(file: model),
      remedy: "Leave --base-precision, --base, --data and --max-divergence out.")
  }

  private func choice(_ codes: CodedBase) throws -> BasePrecision {
    let isStored = codes.quantization == nil
    guard let precision else { throw codes.choice(isStored: isStored) }
    guard (precision == .full && isStored) == (fullBase != nil) else {
      throw AnnealError(
        .usage,
        fullBase == nil
          ? "the folder holds codes, so that the full values are elsewhere"
          : "--base is only for --base-precision full of a folder that holds codes",
        at: .init(file: model),
        remedy: fullBase == nil ? "Name their folder by --base." : "Leave --base out.")
    }
    return precision
  }

  /// The model to be written, and what the coded base with its adapters says.
  private func prepared(
    _ codes: CodedBase, _ precision: BasePrecision, _ combining: MergedModel.Progress
  ) throws -> (target: LanguageModel, probes: [[Int]], before: Predictions) {
    let template =
      Folder.holdsFile(mix.adapters[0] + "/chat_template.jinja")
      ? mix.adapters[0] + "/chat_template.jinja" : nil
    let coded = try LanguageModel.load(
      from: model, as: codes.dtype, quantization: codes.quantization, template: template)
    try coded.attach(mix, progress: combining)
    let probes = try coded.probes(data)
    guard !probes.isEmpty else {
      throw AnnealError(
        .data, "there is nothing in the rows to compare the models on",
        at: data.first.map { .init(file: $0) })
    }
    let before = try Predictions(of: coded, on: probes)
    guard precision == .full else { return (coded, probes, before) }
    return (try reading(fullBase ?? model, combining), probes, before)
  }

  private func check(_ found: Divergence, _ codes: CodedBase) throws {
    guard let limit = divergenceLimit, found.meanKL > limit else { return }
    throw AnnealError(
      .gate,
      "the merged model is \(found.meanKL.brief(3)) nats/token from the adapter on its base in "
        + "\(codes.name); at most \(limit.brief(3)) were allowed",
      remedy: "Nothing was written. Try the other --base-precision, or a wider --dtype.")
  }
}
