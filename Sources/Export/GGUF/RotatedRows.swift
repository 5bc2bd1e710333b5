/// The order of the rows of a query or key map.
///
/// Hugging Face rotates the first half of a head against its second; the readers of Llama's files
/// rotate neighbours (Su and others, 2021, arXiv:2104.09864, which pairs neighbours). Row `2 i + s` of
/// a head there is row `s · width/2 + i` here.
struct RotatedRows {
  /// Rows of a head.
  let headWidth: Int

  /// The row here that stands at `row` in the file.
  func source(of row: Int) -> Int {
    let (head, place) = row.quotientAndRemainder(dividingBy: headWidth)
    return head * headWidth + place % 2 * (headWidth / 2) + place / 2
  }

  /// Where the row `row` of here stands in the file.
  func place(of row: Int) -> Int {
    let (head, place) = row.quotientAndRemainder(dividingBy: headWidth)
    let (half, index) = place.quotientAndRemainder(dividingBy: headWidth / 2)
    return head * headWidth + 2 * index + half
  }
}
