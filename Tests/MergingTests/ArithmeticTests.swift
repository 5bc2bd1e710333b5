import AnnealMerging
import AnnealNeural
import AnnealTorch
import TestSupport
import Testing

@Suite struct ArithmeticTests {
  @Test func `the largest values are kept, and of equal ones the earlier`() {
    let x = Tensor([3, -1, 2, -2, 2, 0.5], shape: [2, 3])
    #expect(x.keepingLargest(3).floats() == [3, 0, 2, -2, 0, 0])
    #expect(x.keepingLargest(0).floats().allSatisfy { $0 == 0 })
    #expect(x.keepingLargest(6).floats() == x.floats())
    #expect(x.to(.bfloat16).keepingLargest(1).floats() == [3, 0, 0, 0, 0, 0])
  }

  @Test func `DARE keeps its share of values and, on the whole, their sum`() {
    let x = Tensor.ones([200, 500])
    let key = RandomKey(seed: 3, name: "x")
    for density in [0.1, 0.5, 0.9] {
      let kept = Pruning.random(
        x, density: density, rescaling: .byShare, mask: .seeded, key: key)
      let share = (kept .!= 0.0).to(.float32).mean().item()
      // Four standard deviations of a share of 100,000 draws.
      #expect(abs(share - density) < 4 * (density * (1 - density) / 100_000).squareRoot())
      #expect(abs(kept.mean().item() - share / density) < 1e-4)
      let again = Pruning.random(
        x, density: density, rescaling: .byShare, mask: .seeded, key: key)
      let isSame = again.floats() == kept.floats()
      #expect(isSame)
      let other = Pruning.random(
        x, density: density, rescaling: .byShare, mask: .seeded, key: RandomKey(seed: 4, name: "x"))
      let differs = other.floats() != kept.floats()
      #expect(differs)
      let scaled = Pruning.random(
        x, density: density, rescaling: .bySum, mask: .seeded, key: key)
      #expect(abs(scaled.sum().item() - 100_000) < 1)
    }
  }

  @Test func `a low-rank matrix is found again, small and large`() {
    for extents in [[40, 30], [1100, 1200]] {
      let a = Tensor.normal([extents[0], 5], deviation: 1, key: RandomKey(seed: 1, name: "a"))
      let b = Tensor.normal([5, extents[1]], deviation: 1, key: RandomKey(seed: 1, name: "b"))
      let matrix = a.matmul(b)
      let found = Truncation.nearest(to: matrix, rank: 6, key: RandomKey(seed: 2, name: "m"))
      let update = found.update(balances: true)
      let error = (update.b.matmul(update.a) - matrix).norm().item() / matrix.norm().item()
      // float32, over sums of a thousand values.
      #expect(error < 1e-4, "\(extents)")
      #expect(found.values.count == 6 && found.values[5] < found.values[4] * 1e-3)
    }
  }

  @Test func `the nearest matrix of a product needs no product`() {
    let a = Tensor.normal([50, 8], deviation: 1, key: RandomKey(seed: 1, name: "a"))
    let b = Tensor.normal([8, 60], deviation: 1, key: RandomKey(seed: 1, name: "b"))
    let whole = Truncation.exact(a.matmul(b), rank: 3).update()
    let parts = Truncation.ofProduct(a, b, rank: 3).update()
    let difference = (whole.b.matmul(whole.a) - parts.b.matmul(parts.a)).abs().max().item()
    #expect(difference < 1e-4)
  }
}
