import AnnealTorch
import Testing

struct CheckedTests {
  let a = Tensor.ones([2, 3])

  /// What a scope around `body` throws.
  private func failure(_ body: () -> Void) -> TorchError? {
    do {
      try Torch.checked(body)
      return nil
    } catch { return error as? TorchError }
  }

  @Test func `the first failure is thrown with its operands`() {
    let error = failure {
      let bad = a.matmul(a)
      _ = bad.view(7).exp()
    }
    #expect(error?.code == .invalid)
    #expect(error?.operation == "matmul")
    #expect(error?.operands == ["float32[2, 3]", "float32[2, 3]"])
    #expect(error?.message.contains("2x3") == true)
  }

  @Test func `after a failure operations fall through`() {
    var seen: [Int]?
    let error = failure {
      let bad = a.matmul(a)
      #expect(bad.shape == [])
      #expect(bad.size(0) == 0)
      #expect(bad.item() == 0)
      #expect(bad.floats().isEmpty)
      #expect(bad.topK(1).values.description == "empty")
      #expect(Tensor.gradients(of: [bad], seeds: [bad], for: [a]).allSatisfy { $0 == nil })
      a.fill(9)
      seen = Tensor.ones([4]).shape
    }
    #expect(error?.operation == "matmul")
    #expect(seen == [])
    #expect(a.floats() == Array(repeating: 1, count: 6))
  }

  @Test func `a scope without failures returns its value`() throws {
    #expect(try Torch.checked { (a + a).sum().item() } == 12)
  }

  @Test func `scopes nest and an inner failure can be caught`() throws {
    let sum = try Torch.checked {
      #expect(failure { _ = a.view(7) }?.operation == "view")
      return a.sum().item()
    }
    #expect(sum == 6)
  }

  @Test func `an outer failure silences inner scopes and is what they throw`() {
    let error = failure {
      _ = a.view(7)
      #expect(failure { _ = a.matmul(a) }?.operation == "view")
    }
    #expect(error?.operation == "view")
  }

  @Test func `an error of the body passes through`() {
    struct Stop: Error {}
    #expect(throws: Stop.self) { try Torch.checked { throw Stop() } }
    #expect(throws: TorchError.self) {
      try Torch.checked {
        _ = a.view(7)
        throw Stop()
      }
    }
  }

  @Test func `a tensor from a failed scope fails in the next`() {
    var kept: Tensor?
    _ = try? Torch.checked { kept = a.view(7) }
    let error = failure { _ = kept.map { $0 + a } }
    #expect(error?.operands.first == "empty")
  }

  @Test func `bad requests are errors, whatever they name`() {
    let failures: [() -> Void] = [
      { _ = Tensor([1, 2, 3], shape: [2, 2]) },
      { _ = a.select(5, 0) },
      { _ = a.narrow(0, 1, 9) },
      { _ = a.to(.cuda(99)) },
      { _ = Tensor.empty([-1]) },
      { _ = a.item() },
      { _ = embedding(Tensor([9]), a) },
      { _ = Tensor.concatenated([]) },
      { _ = Tensor.gradients(of: [a], seeds: [], for: []) },
      { _ = rmsNorm(a, weight: .ones([2]), epsilon: 1e-6) },
      { _ = packedCausalAttention(a, a, a, bounds: [], scale: 1) },
      {
        _ = dropoutMask(
          count: Tensor([1]), positions: Tensor([1]), width: 4, probability: 1, seed: 0, step: 0,
          site: 0, dtype: .float32)
      },
    ]
    for failure in failures {
      #expect(throws: TorchError.self) { try Torch.checked { failure() } }
    }
  }
}
