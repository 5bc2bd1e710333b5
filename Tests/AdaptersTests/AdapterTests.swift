import AnnealAdapters
import AnnealFiles
import AnnealNeural
import AnnealTorch
import TestSupport
import Testing

/// Every registered method, on a tiny model.
@Suite struct AdapterConformanceTests {
  static let methods: [any Adapter] = [
    LoRA(rank: 4, alpha: 8), LoRA(rank: 3, alpha: 6, isRankStabilized: true),
    LoRA(rank: 2, alpha: 2, targets: .attention), LoRA(rank: 2, targets: .names("down_proj")),
    LoRA(rank: 2, targets: Targets(.pattern(#".*\.1\..*(gate|up)_proj"#))),
  ]

  @Test(arguments: methods.indices)
  func `step 0 equals the base`(index: Int) throws {
    let model = try TinyModel("llama")
    let base = model.logits().floats()
    let attached = try model.network.attach(Self.methods[index], seed: 1)
    #expect(model.logits(attached.bySite).floats() == base)
  }

  @Test(arguments: methods.indices)
  func `a merged weight equals the attached method`(index: Int) throws {
    let model = try TinyModel("llama")
    let attached = try model.network.attach(Self.methods[index], seed: 1)
    disturb(attached)
    let expected = model.logits(attached.bySite).floats().map(Double.init)
    for (site, attachment) in attached.attachments {
      guard let weight = model.network.inventory.weight(site.path + ".weight"),
        let merged = attachment.merged(into: weight.value)
      else { continue }
      weight.value = merged
    }
    let merged = model.logits().floats().map(Double.init)
    // One product more or less in float32, over values near 10.
    #expect(largestDifference(merged, expected) <= 1e-4)
  }

  @Test(arguments: methods.indices)
  func `what is saved and loaded gives the same logits`(index: Int) throws {
    let folder = try TemporaryFolder()
    let model = try TinyModel("llama")
    let attached = try model.network.attach(Self.methods[index], seed: 1)
    disturb(attached)
    let expected = model.logits(attached.bySite).floats()
    try AdapterFile.write(attached, to: folder.path, base: nil)
    let other = try TinyModel("llama")
    let loaded = try AdapterFile.attach(folder.path, to: other.network)
    #expect(other.logits(loaded.bySite).floats() == expected)
  }

  @Test func `what is loaded to be trained does not lie on its file`() throws {
    let folder = try TemporaryFolder()
    let model = try TinyModel("llama")
    let attached = try model.network.attach(LoRA(rank: 4), modulesToSave: ["lm_head"], seed: 1)
    try AdapterFile.write(attached, to: folder.path, base: nil)
    let other = try TinyModel("llama")
    let loaded = try AdapterFile.attach(folder.path, to: other.network)
    // Where the system tells what is mapped.
    let maps = (try? fileBytes("/proc/self/maps")) ?? []
    #expect(!String(decoding: maps, as: UTF8.self).contains(folder.path))
    #expect(loaded.parameters.count == attached.parameters.count)
  }

  @Test(arguments: methods.indices)
  func `only its own parameters receive gradients`(index: Int) throws {
    let model = try TinyModel("llama")
    let attached = try model.network.attach(Self.methods[index], seed: 1)
    disturb(attached)
    let leaves = attached.parameters.map { $0.value.requiringGradient(true) }
    var pass = Pass.document(model.ids.count)
    pass.attachments = attached.bySite
    let hidden = model.network.hiddenStates(Tensor(model.ids), in: pass)
    let found = Tensor.gradients(of: [hidden.sum()], seeds: [Tensor(1.0)], for: leaves)
    #expect(found.allSatisfy { ($0?.norm().item() ?? 0) > 0 })
    #expect(model.network.inventory.weights.allSatisfy { !$0.value.requiresGradient })
  }

  private func disturb(_ attached: AttachedAdapter) {
    for (name, value) in attached.parameters where name.hasSuffix("lora_B.weight") {
      let noise = Tensor.normal(
        value.shape, deviation: 0.3, key: RandomKey(seed: 9, name: name))
      withoutGradient { value.copy(from: noise) }
    }
  }
}

/// PEFT's own files, made by `make_models.py`.
@Suite struct PEFTTests {
  @Test(arguments: ["lora", "rslora", "pattern", "head"])
  func `an adapter of PEFT gives the logits of PEFT`(name: String) throws {
    let model = try TinyModel("llama-\(name)", base: "llama")
    let attached = try AdapterFile.attach(model.folder, to: model.network)
    let logits = model.logits(attached.bySite)
    // float32 sums in another order, over values near 10.
    #expect(largestDifference(row(model.ids.count - 1, of: logits), model.lastLogits) <= 1e-4)
    #expect(largestDifference(row(7, of: logits), model.middleLogits) <= 1e-4)
  }

  @Test func `a module trained in full is put in place and taken back`() throws {
    let base = try TinyModel("llama")
    let before = base.logits().floats()
    let attached = try AdapterFile.attach(Fixture.path("models/llama-head"), to: base.network)
    #expect(base.logits().floats() != before)
    attached.detachModules()
    #expect(base.logits().floats() == before)
  }

  @Test func `a tied head cannot be trained in full beside an adapter`() throws {
    let model = try TinyModel("qwen2")
    for name in ["lm_head", "embed_tokens"] {
      #expect {
        _ = try model.network.attach(LoRA(), modulesToSave: [name], seed: 1)
      } throws: { "\($0)".contains("one tensor") }
    }
  }

  @Test func `targets that mean nothing list what there is`() throws {
    let model = try TinyModel("llama")
    #expect {
      _ = try model.network.attach(LoRA(targets: .names("query_key_value")), seed: 1)
    } throws: { "\($0)".contains("q_proj") }
  }

  @Test func `an adapter of another base is refused by tensor and extents`() throws {
    let model = try TinyModel("mistral")
    #expect {
      _ = try AdapterFile.attach(Fixture.path("models/llama-rslora"), to: model.network)
    } throws: { "\($0)".contains("lora_B.weight has extents") }
  }

  @Test func `an unsupported method is refused by name`() throws {
    #expect {
      _ = try AdapterRegistry.builtin.adapter(
        configuration: ["peft_type": "BOFT"], file: "adapter_config.json")
    } throws: { "\($0)".contains("BOFT") && "\($0)".contains("LORA") }
  }
}
