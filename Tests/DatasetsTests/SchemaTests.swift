import AnnealDatasets
import AnnealFiles
import TestSupport
import Testing

struct SchemaTests {
  @Test func `values fit a schema as they do by the package jsonschema`() throws {
    let file = try JSON(contentsOf: Fixture.path("schemas/cases.json"))
    let values = try #require(file["values"]?.array)
    let cases = try #require(file["cases"]?.array)
    #expect(cases.count > 25)
    for entry in cases {
      let json = try #require(entry["schema"])
      let schema = try JSONSchemaSubset(json)
      let fits = try #require(entry["fits"]?.array)
      for (value, expected) in zip(values, fits) {
        #expect(schema.accepts(value) == expected.bool, "\(value.text()) by \(json.text())")
      }
    }
  }

  @Test(
    arguments: [
      (["$ref": "#/a"], "the schema uses '$ref'", "$ref"),
      (["properties": ["a": ["type": "strin"]]], "did you mean 'string'?", "properties.a.type"),
      (["pattern": "("], "no regular expression", "pattern"),
      (["minLength": -1], "0 or more", "minLength"),
      (["items": 3], "a schema is an object", "items"),
    ] as [(JSON, String, String)])
  func `a schema that cannot be checked is refused by its keyword`(
    schema: JSON, message: String, field: String
  ) {
    let error = failure { _ = try JSONSchemaSubset(schema) }
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "no error")")
    #expect(error?.place?.field == field)
  }

  @Test func `a fault tells where in the value it is`() throws {
    let schema = try JSONSchemaSubset([
      "properties": ["lines": ["items": ["required": ["sku"]]]]
    ])
    let faults = schema.faults(in: ["lines": [["sku": 1], [:]]])
    #expect(faults.map(\.path) == ["lines[1]"])
    #expect(faults.map(\.message) == ["'sku' is missing"])
  }
}
