internal import AnnealFiles

/// Evidence that does not stand where it is said to.
enum EvidenceRule: FilterRule {
  static let name = "evidence"
  static let summary = "The evidence is not in the chunk (needs --chunks)."
  static let needsChunks = true

  static func fault(in element: TeachingRows.Element, _ chunks: ChunkLibrary?) -> String? {
    guard let chunks, let evidence = element.row.fields["evidence"] else { return nil }
    guard let chunk = chunks.chunk(of: element.row) else { return "the row's chunk is not there" }
    let quotes = evidence.array?.compactMap(\.string) ?? [evidence.string].compactMap { $0 }
    return quotes.first { !chunk.holds($0) }
  }
}
