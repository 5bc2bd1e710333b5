@testable import AnnealTorch
import Testing

struct RandomTests {
  @Test func `Philox gives the published words`() {
    // Random123, kat_vectors, philox4x32 10.
    #expect(
      Philox.block(counter: [0, 0, 0, 0], key: [0, 0])
        == [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8])
    let ones = UInt32.max
    #expect(
      Philox.block(counter: [ones, ones, ones, ones], key: [ones, ones])
        == [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd])
    #expect(
      Philox.block(
        counter: [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
        key: [0xa409_3822, 0x299f_31d0])
        == [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1])
  }

  @Test func `numbers are a pure function of key and place`() {
    let key = RandomKey(seed: 1, name: "layers.0.q_proj")
    let all = Tensor.normal([5000], deviation: 2, key: key).floats()
    #expect(Tensor.normal([50, 100], deviation: 2, key: key).floats() == all)
    #expect(Tensor.normal([3001], deviation: 2, key: key).floats() == Array(all.prefix(3001)))
    #expect(Tensor.normal([5000], deviation: 2, key: .init(seed: 2, stream: 0)).floats() != all)
    let other = RandomKey(seed: 1, name: "layers.0.k_proj")
    #expect(Tensor.normal([5000], deviation: 2, key: other).floats() != all)
  }

  @Test func `uniform numbers fill their range evenly`() {
    let x = Tensor.uniform([200_000], in: -1...3, key: .init(seed: 3, stream: 0))
    #expect(x.min().item() >= -1)
    #expect(x.max().item() <= 3)
    #expect(abs(x.mean().item() - 1) < 0.02)
    #expect(abs((x - 1).squared().mean().item() - 16.0 / 12) < 0.02)
  }

  @Test func `normal numbers have the asked deviation and the shape of a bell`() {
    let x = Tensor.normal([200_000], deviation: 0.5, key: .init(seed: 3, stream: 1))
    #expect(abs(x.mean().item()) < 0.01)
    #expect(abs(x.squared().mean().item() - 0.25) < 0.005)
    #expect(abs((x.abs() .< 0.5).to(.float32).mean().item() - 0.6827) < 0.01)
    #expect(abs((x.abs() .< 1).to(.float32).mean().item() - 0.9545) < 0.01)
    #expect(x.allFinite())
  }

  private func mask(
    _ rows: [Int], _ positions: [Int], width: Int = 515, step: UInt64 = 4, site: UInt64 = 2,
    dtype: DType = .float32
  ) -> Tensor {
    dropoutMask(
      count: Tensor(rows), positions: Tensor(positions), width: width, probability: 0.1, seed: 7,
      step: step, site: site, dtype: dtype)
  }

  @Test func `a dropout mask depends on the token, not on its company`() {
    let together = mask([5, 5, 9], [0, 1, 0])
    #expect(mask([9], [0]).floats() == together.select(0, 2).floats())
    #expect(mask([5], [1]).floats() == together.select(0, 1).floats())
    #expect(together.select(0, 0).floats() != together.select(0, 1).floats())
    #expect(together.select(0, 0).floats() != together.select(0, 2).floats())
    #expect(mask([5], [0], step: 5).floats() != mask([5], [0]).floats())
    #expect(mask([5], [0], site: 3).floats() != mask([5], [0]).floats())
    #expect(mask([1], [2]).floats() != mask([2], [1]).floats())
  }

  @Test func `a dropout mask keeps the asked share and the mean`() {
    let rows = Array(0..<200)
    let values = mask(rows, rows, width: 1000)
    #expect(abs((values .== 0).to(.float32).mean().item() - 0.1) < 0.003)
    #expect(abs(values.mean().item() - 1) < 0.004)
    #expect(abs(Double(values.max().item()) - 1 / 0.9) < 1e-6)
    // The same places are dropped in every kind.
    for dtype in [DType.bfloat16, .float16] {
      let other = mask(rows, rows, width: 1000, dtype: dtype)
      #expect(other.dtype == dtype)
      #expect(((other .== 0) .!= (values .== 0)).to(.int64).sum().item() == 0)
    }
  }

  @Test func `the number of threads does not change a number`() {
    let before = Torch.threads
    defer { Torch.threads = before }
    let results = [1, 2].map { threads in
      Torch.threads = threads
      return [
        Tensor.normal([70_001], deviation: 1, key: .init(seed: 5, stream: 5)).floats(),
        mask(Array(0..<99), Array(0..<99)).floats(),
      ]
    }
    #expect(results[0] == results[1])
  }
}
