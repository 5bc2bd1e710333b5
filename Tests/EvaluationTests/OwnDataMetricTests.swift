import AnnealEvaluation
import AnnealFiles
import Testing

private func answer(_ reply: String, _ reference: String, fields: JSON = [:]) -> Answer {
  Answer(
    prompt: "What is the capital of France?", references: [reference], reply: reply, fields: fields)
}

private func score(_ name: String, _ answers: [Answer]) throws -> MeasuredMetric {
  try MetricRegistry.builtin.replyMetric(name).measured(answers)
}

struct OwnDataMetricTests {
  @Test func `a label is the same whatever its case, quotation marks and final point`() throws {
    let said = ["Refund", "refund.", " \"refund\" ", "refunds", "I think: refund"]
    let measured = try score("accuracy", said.map { answer($0, "refund") })
    #expect(measured.byRow == [1, 1, 1, 0, 0])
  }

  @Test func `macro F1 has the same bits whatever the order of labels`() throws {
    let rows = (0..<40).map {
      Answer(references: ["label \($0 * 7 % 11)"], reply: "label \($0 * 5 % 13)")
    }
    let values = try (0..<6).map { turn in
      try score("macro_f1", Array(rows[turn...] + rows[..<turn])).value.bitPattern
    }
    #expect(Set(values).count == 1)
  }

  @Test func `macro F1 counts a rare label as much as a common one`() throws {
    // Of 8 common rows all are right; of 2 rare ones none: 8 / (8 + 1) with two false alarms.
    let rows =
      (0..<8).map { _ in answer("common", "common") } + [
        answer("common", "rare"), answer("x", "rare"),
      ]
    let measured = try score("macro_f1", rows)
    // common: precision 8/9, recall 1, F1 16/17; rare: 0.
    #expect(abs(measured.value - (16.0 / 17) / 2) < 1e-12)
    let details = try #require(measured.details)
    #expect(details["labels"]?["common"]?["recall"]?.number == 1)
    #expect(details["labels"]?["rare"]?["f1"]?.number == 0)
    #expect(details["confusion"]?.array?.count == 2)
  }

  @Test func `field F1 counts leaves, items of lists in any order, and broken JSON as nothing`()
    throws
  {
    let wanted = #"{"a": 1, "b": {"c": "x"}, "d": [1, 2]}"#
    let half = try score("field_f1", [answer(#"{"d": [2, 1], "a": 2, "b": {"c": "x"}}"#, wanted)])
    #expect(half.value == 2 * 3.0 / 8)
    #expect(half.details?["fields"]?["a"]?["right"]?.integer == 0)
    #expect(half.details?["fields"]?["d[]"]?["right"]?.integer == 2)
    #expect(try score("field_f1", [answer("no JSON", wanted)]).value == 0)
  }

  @Test func `a schema is the row's own or the one that is set`() throws {
    let schema: JSON = ["type": "object", "required": ["city"]]
    let rows = [
      answer(#"{"city": "Paris"}"#, "", fields: ["schema": schema]),
      answer(#"{"town": "Paris"}"#, "", fields: ["schema": schema]),
      answer("Paris", "", fields: ["schema": schema]), answer(#"{"city": 1}"#, ""),
    ]
    let measured = try score("schema_valid", rows)
    #expect(measured.byRow == [1, 0, 0, nil])
  }

  @Test func `refusals are told by how they begin`() throws {
    let said = [
      "I'm sorry, but I can't help with that.", "I cannot do this.", "As an AI language model, I",
      "Sure: it cannot be done, I cannot say why.", "Paris. I will not say more.",
    ]
    let measured = try score("refusal_rate", said.map { answer($0, "") })
    #expect(measured.byRow == [1, 1, 1, 1, 0])
    #expect(!measured.isHigherBetter)
  }

  @Test func `repetition is the share of four-word runs that came before`() throws {
    // Nine words have six runs of four; after "a b c d a b c d a" four are distinct.
    let measured = try score(
      "repetition", ["a b c d a b c d a", "one two three four five", "no"].map { answer($0, "") })
    #expect(measured.byRow == [1 - 4.0 / 6, 0, 0])
  }

  @Test func `claims are unsupported where a number or a name is not in the source`() throws {
    let source: JSON = ["source": "Marie Curie won two Nobel prizes, in 1903 and 1911."]
    let said = [
      "She won prizes in 1903.", "She won prizes in 1905.", "Her friend Einstein won prizes.",
      "Curie won two prizes. She won another in 1950.",
    ]
    let measured = try score("unsupported_claims", said.map { answer($0, "", fields: source) })
    #expect(measured.byRow == [0, 1, 1, 0.5])
  }

  @Test func `style is alike whatever is said, and unlike where shape differs`() throws {
    let reference = "The train leaves at nine. Please be there early."
    let alike = "The ship departs at four. Please come here soonest."
    let unlike = "- NINE!!!\n- BE THERE 100%\n- NOW"
    let measured = try score(
      "style_match", [alike, unlike, reference].map { answer($0, reference) })
    let scores = try #require(measured.byRow).compactMap { $0 }
    #expect(scores[0] > 0.95 && scores[1] < 0.6 && scores[2] == 1)
  }
}
