/// What one rendering has done so far, in units of which one stands for a byte touched or made.
///
/// One counter bounds both time and memory: whatever a template does, it pays for what it reads
/// and for what it makes, and everything it could keep was made.
final class Work {
  /// What a turn of a loop and a call cost.
  static let turn = 512
  /// What evaluating an expression and carrying out a statement cost.
  static let step = 16
  /// What an element of a list or a dictionary costs.
  static let element = 40
  /// What a byte costs that is looked at as part of a character.
  static let scan = 8

  let limits: Limits
  private let stack = StackGuard()
  private var spent = 0

  init(_ limits: Limits = .standard) { self.limits = limits }

  func charge(_ units: Int, times count: Int = 1) throws {
    let (product, overflow) = units.multipliedReportingOverflow(by: count)
    spent += overflow ? limits.work : min(product, limits.work)
    if spent > limits.work { throw Fault("the template does more work than a template may") }
  }

  /// Pays for going through `text` character by character.
  func scan(_ text: String) throws { try charge(Self.scan, times: text.utf8.count) }

  /// Pays for a text that will have so many bytes.
  func makeText(_ bytes: Int) throws {
    guard bytes <= limits.textBytes else {
      throw Fault("a text has more than \(limits.textBytes) bytes")
    }
    try charge(bytes)
  }

  /// Pays for a list that will have so many elements.
  func makeList(_ count: Int) throws {
    guard count <= limits.elements else {
      throw Fault("a list has more than \(limits.elements) elements")
    }
    try charge(Self.element, times: count)
  }

  func checkStack() throws { try stack.check("the template's work") }
}

/// A text in the making, paid for piece by piece.
struct TextWriter {
  private(set) var text = ""
  let work: Work

  init(_ work: Work) { self.work = work }

  mutating func write(_ part: String) throws {
    let bytes = part.utf8.count
    guard bytes <= work.limits.textBytes - text.utf8.count else {
      throw Fault("a text has more than \(work.limits.textBytes) bytes")
    }
    try work.charge(bytes + Work.step)
    text += part
  }

  /// Writes `parts` with `separator` between them.
  mutating func write(_ parts: [String], separator: String = "") throws {
    for (index, part) in parts.enumerated() {
      if index > 0, !separator.isEmpty { try write(separator) }
      try write(part)
    }
  }
}
