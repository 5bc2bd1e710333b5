/// What a recipe says of a parameter: a number, numbers along the layers, or one of these for each
/// kind of tensor.
public indirect enum MergeSetting: Sendable {
  /// The same everywhere.
  case number(Double)
  /// Numbers at equal distances from the first layer of a slice to its last, and straight lines
  /// between them.
  case gradient([Double])
  /// One after another along the layers, such as what is on or off.
  case steps([Double])
  /// The first whose word is part of the tensor's name; no word means any tensor.
  case filtered([(word: String?, setting: MergeSetting)])

  /// The number for the tensor `name`; nil where no filter lets it through.
  ///
  /// - Parameter place: where its layer lies in the slice, 0…1.
  public func value(for name: String, at place: Double) -> Double? {
    switch self {
    case .number(let number): return number
    case .gradient(let numbers): return Self.interpolated(numbers, at: place)
    case .steps(let numbers):
      guard let last = numbers.indices.last else { return nil }
      return numbers[min(last, Int(min(1, max(0, place)) * Double(last)))]
    case .filtered(let choices):
      let choice = choices.first { word, _ in word.map { name.contains($0) } ?? true }
      return choice?.setting.value(for: name, at: place)
    }
  }

  private static func interpolated(_ numbers: [Double], at place: Double) -> Double? {
    guard let last = numbers.last else { return nil }
    let scaled = min(1, max(0, place)) * Double(numbers.count - 1)
    let index = Int(scaled)
    guard index + 1 < numbers.count else { return last }
    let share = scaled - Double(index)
    return (1 - share) * numbers[index] + share * numbers[index + 1]
  }
}
