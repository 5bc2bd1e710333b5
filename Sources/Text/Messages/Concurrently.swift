/// Work on many elements at once, with the results in the elements' order.
public enum Concurrently {
  /// What `body` makes of every element, at most `together` of them at a time.
  ///
  /// - Parameter progress: told how many are done; an error it throws ends the work.
  public static func map<Element: Sendable, Result: Sendable>(
    _ elements: [Element], together: Int, progress: @Sendable (Int) throws -> Void = { _ in },
    _ body: @escaping @Sendable (Element) async throws -> Result
  ) async throws -> [Result] {
    try await withThrowingTaskGroup(of: (Int, Result).self) { group in
      var results = [Result?](repeating: nil, count: elements.count)
      var next = 0
      func start() {
        guard next < elements.count else { return }
        let (place, element) = (next, elements[next])
        group.addTask { (place, try await body(element)) }
        next += 1
      }
      for _ in 0..<max(1, together) { start() }
      var done = 0
      while let (place, result) = try await group.next() {
        results[place] = result
        done += 1
        try progress(done)
        start()
      }
      return results.compactMap { $0 }
    }
  }
}
