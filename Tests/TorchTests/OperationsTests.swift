import AnnealTorch
import Testing

struct OperationsTests {
  let x = Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])

  @Test func `arithmetic takes tensors and numbers on either side`() {
    #expect((x + x).floats() == [2, 4, 6, 8, 10, 12])
    #expect((x * 2 - 1).floats() == [1, 3, 5, 7, 9, 11])
    #expect((1 - x).floats() == [0, -1, -2, -3, -4, -5])
    #expect((12 / x).floats().map { $0.rounded() } == [12, 6, 4, 3, 2, 2])
    #expect((-x).floats().first == -1)
    #expect((x / Tensor([1, 2, 4] as [Float])).floats() == [1, 1, 0.75, 4, 2.5, 1.5])
    #expect(x.pow(2).floats() == x.squared().floats())
    #expect(x.clamped(min: 2, max: 5).floats() == [2, 2, 3, 4, 5, 5])
    #expect(x.maximum(3).floats() == [3, 3, 3, 4, 5, 6])
    #expect(x.minimum(Tensor(2.0)).floats() == [1, 2, 2, 2, 2, 2])
  }

  @Test func `whole numbers beside integers stay integers`() {
    let ids = Tensor([1, 2, 3])
    #expect((ids + 1).dtype == .int64)
    #expect((ids * 2 - 1).ints() == [1, 3, 5])
    #expect((10 - ids).ints() == [9, 8, 7])
    #expect((ids * 0.5).dtype == .float32)
  }

  @Test func `comparisons give Boolean tensors`() {
    #expect((x .> 3).ints() == [0, 0, 0, 1, 1, 1])
    #expect(((x .>= 2) & (x .< 5)).ints() == [0, 1, 1, 1, 0, 0])
    #expect((~(x .== 3) | (x .== 3)).ints() == [1, 1, 1, 1, 1, 1])
    #expect((x .!= x).dtype == .bool)
    #expect((x .<= Tensor(2.0)).ints() == [1, 1, 0, 0, 0, 0])
  }

  @Test func `reductions run over all values or one dimension`() {
    #expect(x.sum().item() == 21)
    #expect(x.mean(1).floats() == [2, 5])
    #expect(x.sum(0, keep: true).shape == [1, 3])
    #expect(x.max(1).floats() == [3, 6])
    #expect(x.min().item() == 1)
    #expect(x.argmax(1).ints() == [2, 2])
    #expect(x.cumulativeSum(1).floats() == [1, 3, 6, 4, 9, 15])
    #expect(abs(x.norm().item() - 91.0.squareRoot()) < 1e-5)
    #expect(distance(x.softmax(1).sum(1), .ones([2])) < 1e-6)
    #expect(distance(x.logSoftmax(1), x - x.logSumExp(1, keep: true)) < 1e-6)
    #expect(x.topK(2, 1).values.floats() == [3, 2, 6, 5])
    #expect(x.sorted(0, descending: true).indices.ints() == [1, 1, 1, 0, 0, 0])
  }

  @Test func `a norm of bfloat16 values is accumulated in float32`() {
    let norm = Tensor.ones([300 * 300], .bfloat16).norm()
    #expect(norm.dtype == .float32)
    #expect(norm.item() == 300)
  }

  @Test func `shapes change without changing values`() {
    #expect(x.view(3, 2).shape == [3, 2])
    #expect(x.view(-1).shape == [6])
    #expect(x.permuted(1, 0).reshaped([6]).floats() == [1, 4, 2, 5, 3, 6])
    #expect(x.unsqueezed(0).shape == [1, 2, 3])
    #expect(x.unsqueezed(0).squeezed(0).shape == [2, 3])
    #expect(Tensor.ones([1, 3]).expanded([4, -1]).shape == [4, 3])
    #expect(Tensor.concatenated([x, x], dimension: 1).shape == [2, 6])
    #expect(Tensor.stacked([x, x]).shape == [2, 2, 3])
    #expect(x.split([1, 2], dimension: 1).map(\.shape) == [[2, 1], [2, 2]])
    #expect(x.flipped(1).floats() == [3, 2, 1, 6, 5, 4])
    #expect(Tensor([1, 2]).repeatInterleave(2, dimension: 0).ints() == [1, 1, 2, 2])
  }

  @Test func `indexing picks and puts`() {
    #expect(x.narrow(1, 1, 2).reshaped([4]).floats() == [2, 3, 5, 6])
    #expect(x.select(0, 1).floats() == [4, 5, 6])
    #expect(x.indexSelect(1, Tensor([2, 0])).floats() == [3, 1, 6, 4])
    #expect(x.gather(1, Tensor([0, 2], shape: [2, 1])).floats() == [1, 6])
    #expect(x.filled(where: x .> 4, with: 0).floats() == [1, 2, 3, 4, 0, 0])
    #expect(Tensor.where(x .> 3, x, -x).floats() == [-1, -2, -3, 4, 5, 6])
    #expect(x.triu(1).floats() == [0, 2, 3, 0, 0, 6])
    #expect(x.tril().floats() == [1, 0, 0, 4, 5, 0])
    let added = Tensor.zeros([3]).indexAdd(0, Tensor([1, 1]), Tensor([2, 5] as [Float]))
    #expect(added.floats() == [0, 7, 0])
    let put = Tensor.zeros([2, 2]).scattered(1, Tensor([1, 0], shape: [2, 1]), .ones([2, 1]))
    #expect(put.floats() == [0, 1, 1, 0])
  }

  @Test func `products follow the rules of matrices`() {
    #expect(x.matmul(x.transposed(0, 1)).floats() == [14, 32, 32, 77])
    let y = Tensor.linear(x, .ones([1, 3]), Tensor([10] as [Float]))
    #expect(y.floats() == [16, 25])
    #expect(embedding(Tensor([1, 0]), x).floats() == [4, 5, 6, 1, 2, 3])
  }

  @Test func `changes in place are seen through views`() {
    let base = Tensor.zeros([2, 2])
    let row = base.select(0, 1)
    row.copy(from: Tensor([1, 2]))
    row.addInPlace(.ones([2]), scale: 3)
    row.scaleInPlace(2)
    #expect(base.floats() == [0, 0, 8, 10])
    base.indexCopyInPlace(0, Tensor([0]), from: .ones([1, 2]))
    #expect(base.floats() == [1, 1, 8, 10])
    base.zero()
    #expect(row.floats() == [0, 0])
  }

  @Test(arguments: [DType.float32, .bfloat16, .float16])
  func `one value that is not finite is found`(dtype: DType) {
    let values = Tensor.ones([100_003], dtype)
    #expect(values.allFinite())
    for bad in [Double.nan, .infinity, -.infinity] {
      values.select(0, 100_001).fill(bad)
      #expect(!values.allFinite())
      #expect(values.isFinite().to(.int64).sum().item() == 100_002)
    }
  }
}
