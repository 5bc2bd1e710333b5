import AnnealFiles
import TestSupport
import Testing

@testable import AnnealDatasets

struct FilterRuleTests {
  private func names(_ chosen: [String], hasChunks: Bool) throws -> [String] {
    try FilterRules.rules(named: chosen, hasChunks: hasChunks).map { $0.name }
  }

  @Test func `all is all that can be looked at, also among others`() throws {
    let every = FilterRules.all.map { $0.name }
    #expect(try names(["all", "empty"], hasChunks: true) == every)
    #expect(try names(["all"], hasChunks: true) == every)
    let able = every.filter { $0 != "evidence" }
    #expect(able.count == every.count - 1)
    #expect(try names(["empty", "all"], hasChunks: false) == able)
    #expect(try names(["empty"], hasChunks: false) == ["empty"])
  }

  @Test func `what stands beside all must be a rule, and one that can be looked at`() {
    let unknown = failure { _ = try names(["all", "emty"], hasChunks: true) }
    #expect(unknown?.code == .usage && unknown?.message.contains("did you mean 'empty'") == true)
    let blind = failure { _ = try names(["all", "evidence"], hasChunks: false) }
    #expect(blind?.remedy?.contains("--chunks") == true)
  }
}
