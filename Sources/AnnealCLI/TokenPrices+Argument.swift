import AnnealText
import ArgumentParser

extension TokenPrices: ExpressibleByArgument {
  /// Prices written `IN,OUT`: of a million tokens read and a million written.
  public init?(argument: String) {
    let numbers = argument.split(separator: ",", omittingEmptySubsequences: false).map {
      Double($0.filter { $0 != " " })
    }
    guard numbers.count == 2, let read = numbers[0], let written = numbers[1],
      read.isFinite, written.isFinite, read >= 0, written >= 0
    else { return nil }
    self.init(promptMillion: read, completionMillion: written)
  }
}
