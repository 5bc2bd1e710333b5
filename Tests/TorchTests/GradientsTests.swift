import AnnealTorch
import Testing

struct GradientsTests {
  @Test func `gradients follow the chain rule and skip what takes no part`() {
    let x = Tensor([1, 2, 3] as [Float]).requiringGradient()
    let unused = Tensor.ones([2]).requiringGradient()
    let found = Tensor.gradients(
      of: [(x * x).sum(), x * 3], seeds: [Tensor(1), .ones([3])], for: [x, unused])
    #expect(found[0]?.floats() == [5, 7, 9])
    #expect(found[1] == nil)
  }

  @Test func `nothing is recorded without gradients, and recording can be switched on again`() {
    let x = Tensor.ones([2]).requiringGradient()
    withoutGradient {
      #expect(!(x * 2).requiresGradient)
      withGradient { #expect((x * 2).requiresGradient) }
      #expect(!(x * 2).requiresGradient)
    }
    #expect((x * 2).requiresGradient)
    #expect(!x.detached().requiresGradient)
  }

  @Test func `an error leaves recording as it was`() {
    struct Stop: Error {}
    let x = Tensor.ones([2]).requiringGradient()
    #expect(throws: Stop.self) { try withoutGradient { throw Stop() } }
    #expect((x * 2).requiresGradient)
  }

  @Test func `a block can be run again from its input`() {
    let x = sample([4, 8]).requiringGradient()
    let w = sample([8, 8], 1)
    let block = { (h: Tensor) in h.matmul(w).tanh() }
    let straight = Tensor.gradients(of: [block(block(x))], seeds: [.ones([4, 8])], for: [x])
    let middle = withoutGradient { block(x) }
    let again = middle.detached().requiringGradient()
    let second = Tensor.gradients(of: [block(again)], seeds: [.ones([4, 8])], for: [again])
    let first = Tensor.gradients(of: [block(x)], seeds: second.compactMap { $0 }, for: [x])
    #expect(first[0]?.floats() == straight[0]?.floats())
  }
}
