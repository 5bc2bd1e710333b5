import AnnealDemo
import AnnealFiles
import OrderedCollections
import Testing

@Suite struct DemoTaskTests {
  static let train = DemoTask.rows(.train, count: 2000)
  static let validation = DemoTask.rows(.validation, count: 200)
  static let test = DemoTask.rows(.test, count: 300)

  @Test func `the same seed gives the same rows and another seed gives others`() {
    #expect(DemoTask.rows(.train, count: 50, seed: 5) == DemoTask.rows(.train, count: 50, seed: 5))
    #expect(DemoTask.rows(.train, count: 50, seed: 5) != DemoTask.rows(.train, count: 50, seed: 6))
  }

  @Test func `no request is in two splits or twice in one`() {
    let requests = (Self.train + Self.validation + Self.test).map(\.request)
    #expect(Set(requests).count == 2500)
  }

  @Test func `every action is in every split`() {
    #expect(DemoTask.actions.count == 11)
    for rows in [Self.train, Self.validation, Self.test] {
      #expect(Set(rows.compactMap { $0.action["action"]?.string }) == Set(DemoTask.actions))
    }
  }

  @Test func `every reply is one line of JSON that begins with the action`() throws {
    for row in Self.train + Self.validation + Self.test {
      #expect(try JSON(parsing: row.reply) == row.action)
      #expect(row.reply.hasPrefix("{\"action\":\"") && !row.reply.contains("\n"))
    }
  }

  @Test
  func `every value of an action stands in its request letter by letter, save times and modes`() {
    for row in Self.train + Self.test {
      for (key, value) in row.action.object ?? [:]
      where !["action", "time", "mode"].contains(key) {
        let text = value.string ?? value.integer.map { "\($0)" } ?? "?"
        #expect(row.request.contains(text), "\(key) of \(row.request)")
      }
    }
  }

  @Test func `training and validation show no phrasing and no value of the test`() {
    for row in Self.train + Self.validation {
      #expect(DemoTask.heldOut.firstLeak(in: row.request) == nil, "\(row.request)")
      #expect(DemoTask.heldOut.firstLeak(in: row.action.text(.spaced)) == nil, "\(row.reply)")
    }
  }

  @Test func `the test has phrasings and open values of its own`() {
    #expect(Set(Self.train.map(\.phrasing)).isDisjoint(with: Self.test.map(\.phrasing)))
    let closed: Set<String> = ["action", "day", "mode"]
    func values(_ rows: [DemoRow]) -> Set<String> {
      Set(
        rows.flatMap { row in
          (row.action.object ?? [:]).filter { !closed.contains($0.key) }
            .map { "\($0.key)=\($0.value.text())" }
        })
    }
    #expect(values(Self.train).isDisjoint(with: values(Self.test)))
  }

  @Test func `every test row is caught by the check for leaks`() {
    for row in Self.test {
      #expect(DemoTask.heldOut.isLeaked(in: row.request), "\(row.request)")
    }
  }

  @Test(
    arguments: [
      ("at 14:30 we left", nil), ("we were 14 in all", "14"), ("Priya's hat", nil),
      ("ask PRIYA, please", "priya"), ("my roommates", nil),
    ] as [(String, String?)])
  func `a leak is a whole value, in any case of letters`(text: String, leak: String?) {
    #expect(DemoTask.heldOut.firstLeak(in: text) == leak)
  }
}
