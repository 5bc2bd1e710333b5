internal import AnnealDatasets
internal import AnnealFiles

/// The first record of every data set of a recipe: what is wrong with the last one is told before
/// the first one is prepared.
struct FirstRecords {
  /// Whether all data sets are texts alone, as far as their first records say.
  let areTexts: Bool

  /// Looks at the data sets of `recipe`; what comes from a pipe is read once, and not looked at.
  ///
  /// - Throws: `AnnealError` when a data set cannot be read, or its format or columns do not fit.
  init(_ recipe: Recipe) throws {
    var records: [Record?] = []
    for source in recipe.datasets + recipe.evalDatasets {
      let rows = try source.rowSource()
      let files = try rows.lookedUp().files()
      guard files.allSatisfy({ (Folder.fileBytes($0) ?? 0) > 0 }) else { continue }
      do {
        records.append(try RecordReader(rows).firstRecord())
      } catch var error as AnnealError {
        error.place = error.place ?? .init(file: source.path)
        throw error
      }
    }
    areTexts =
      !records.isEmpty
      && records.allSatisfy { record in
        if case .text? = record { true } else { false }
      }
  }

  /// Refuses texts of which supervised training would learn the beginnings alone.
  ///
  /// - Throws: `AnnealError` when more than half of the rows are cut off.
  func check(_ report: PreparationReport, of recipe: Recipe) throws {
    guard areTexts, recipe.stage == .sft, report.truncated * 2 > report.keptRows else { return }
    let place = report.truncatedPlaces.first
    throw AnnealError(
      .data,
      "\(Amount.count(report.truncated)) of \(Amount.count(report.keptRows, of: "text")) are cut off "
        + "after max_length, \(report.maxLength) tokens: the rest would never be learned",
      at: place,
      remedy: "Texts are learned whole with stage: pt (--set stage=pt); or raise max_length.")
  }
}
