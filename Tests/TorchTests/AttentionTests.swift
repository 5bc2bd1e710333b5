import AnnealTorch
import Testing

struct AttentionTests {
  /// Attention spelt out for one document: scores, mask, softmax, mixture.
  private func plain(_ q: Tensor, _ k: Tensor, _ v: Tensor, scale: Double) -> Tensor {
    let groups = q.size(1) / k.size(1)
    let heads = { (x: Tensor) in x.transposed(0, 1) }
    let keys = heads(k.repeatInterleave(groups, dimension: 1))
    let values = heads(v.repeatInterleave(groups, dimension: 1))
    let scores = heads(q).matmul(keys.transposed(1, 2)) * scale
    let hidden = Tensor.ones([q.size(0), k.size(0)]).triu(1 + k.size(0) - q.size(0)) .> 0
    return heads(scores.filled(where: hidden, with: -1e30).softmax(-1).matmul(values))
  }

  @Test(arguments: kernelTypes, [4, 2, 1])
  func `packed documents attend each to itself`(dtype: DType, keyHeads: Int) {
    let bounds = [0, 5, 5, 6, 40, 77]
    let inputs = [
      sample([77, 4, 16]), sample([77, keyHeads, 16], 1), sample([77, keyHeads, 16], 2),
    ]
    expectSame(inputs, dtype) {
      packedCausalAttention($0[0], $0[1], $0[2], bounds: bounds, scale: 0.25)
    } as: { x in
      .concatenated(
        zip(bounds, bounds.dropFirst()).filter { $0 < $1 }.map { start, end in
          let part = x.map { $0.narrow(0, start, end - start) }
          return plain(part[0], part[1], part[2], scale: 0.25)
        })
    }
  }

  @Test func `long documents and short ones beside them attend as plainly`() {
    let bounds = [0, 20, 1050, 1083]
    let inputs = [sample([1083, 2, 24]), sample([1083, 1, 24], 1), sample([1083, 1, 24], 2)]
    expectSame(inputs, .float32) {
      packedCausalAttention($0[0], $0[1], $0[2], bounds: bounds, scale: 0.25)
    } as: { x in
      .concatenated(
        zip(bounds, bounds.dropFirst()).map { start, end in
          let part = x.map { $0.narrow(0, start, end - start) }
          return plain(part[0], part[1], part[2], scale: 0.25)
        })
    }
  }

  @Test(arguments: [DType.float32, .bfloat16], [16, 24, 64, 80])
  func `lengths around the kernels' blocks and limits attend as plainly`(
    dtype: DType, width: Int
  ) {
    for lengths in [[33, 31, 65, 32, 64], [1025, 1024, 1000]] {
      let bounds = lengths.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1) }
      let count = lengths.reduce(0, +)
      let inputs = [
        sample([count, 4, width]), sample([count, 2, width], 1), sample([count, 2, width], 2),
      ]
      expectSame(inputs, dtype) {
        packedCausalAttention($0[0], $0[1], $0[2], bounds: bounds, scale: 0.125)
      } as: { x in
        .concatenated(
          zip(bounds, bounds.dropFirst()).map { start, end in
            let part = x.map { $0.narrow(0, start, end - start) }
            return plain(part[0], part[1], part[2], scale: 0.125)
          })
      }
    }
  }

  @Test func `new tokens behind a long prompt take memory by their own number`() async {
    await #expect(processExitsWith: .success) {
      let (q, k) = (sample([256, 2, 16]), sample([16384, 1, 16], 1))
      let before = Torch.Memory.currentBytes
      Torch.Memory.resetPeak()
      _ = cachedAttention(q, k, k, scale: 0.25)
      // A mask would take 256 · 16384 bytes, and four times as many once it is added to scores.
      #expect(Torch.Memory.peakBytes - before < 2 << 20)
    }
  }

  @Test func `a document's attention does not depend on its neighbours`() {
    let (q, k, v) = (sample([50, 4, 32]), sample([50, 2, 32], 1), sample([50, 2, 32], 2))
    let packed = packedCausalAttention(q, k, v, bounds: [0, 20, 50], scale: 0.2)
    let parts = [q, k, v].map { $0.narrow(0, 20, 30) }
    let alone = packedCausalAttention(parts[0], parts[1], parts[2], bounds: [0, 30], scale: 0.2)
    #expect(packed.narrow(0, 20, 30).floats() == alone.floats())
  }

  @Test(arguments: kernelTypes, [(1, 21), (3, 21), (21, 21), (130, 700)])
  func `new tokens attend to all positions before them`(dtype: DType, counts: (Int, Int)) {
    let (fresh, all) = counts
    let (q, k, v) = (sample([fresh, 4, 16]), sample([all, 2, 16], 1), sample([all, 2, 16], 2))
    let rounded = [q, k, v].map { $0.to(dtype) }
    let found = cachedAttention(rounded[0], rounded[1], rounded[2], scale: 0.25)
    let wide = rounded.map { $0.to(.float64) }
    let expected = plain(wide[0], wide[1], wide[2], scale: 0.25)
    #expect(found.dtype == dtype)
    #expect(distance(found, expected) < (dtype == .bfloat16 ? 1.5e-2 : 1e-5))
  }

  @Test func `bounds that do not cover the tokens are refused`() {
    let x = sample([6, 2, 8])
    for bounds in [[0, 5], [1, 6], [0, 4, 3, 6], []] {
      #expect(throws: TorchError.self) {
        try Torch.checked { packedCausalAttention(x, x, x, bounds: bounds, scale: 1) }
      }
    }
  }
}
