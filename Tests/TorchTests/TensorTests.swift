import AnnealTorch
import Testing

struct TensorTests {
  @Test func `a tensor knows its shape, kind and place`() {
    let tensor = Tensor.zeros([2, 3], .bfloat16)
    #expect(tensor.shape == [2, 3])
    #expect(tensor.rank == 2)
    #expect(tensor.count == 6)
    #expect(tensor.size(-1) == 3)
    #expect(tensor.dtype == .bfloat16)
    #expect(tensor.device == .cpu)
    #expect(tensor.description == "bfloat16[2, 3] cpu")
    #expect(tensor.isContiguous)
    #expect(!tensor.transposed(0, 1).isContiguous)
    #expect(Tensor(2.5).shape == [])
    #expect(Tensor(2.5).item() == 2.5)
  }

  @Test(arguments: DType.allCases)
  func `every kind can be made and says how wide it is`(dtype: DType) {
    let tensor = Tensor.zeros([4], dtype)
    #expect(tensor.dtype == dtype)
    #expect(tensor.withBytes(\.count) == 4 * dtype.bytes)
    #expect(DType(safetensors: dtype.safetensorsName) == dtype)
  }

  @Test func `lists become tensors and come back`() {
    #expect(Tensor([1, -2, 3] as [Float]).floats() == [1, -2, 3])
    #expect(Tensor([1, -2, 3_000_000_000]).ints() == [1, -2, 3_000_000_000])
    #expect(Tensor([1, -2] as [Int32]).dtype == .int32)
    #expect(Tensor([true, false]).ints() == [1, 0])
    #expect(Tensor([1, 2, 3, 4], shape: [2, 2]).transposed(0, 1).ints() == [1, 3, 2, 4])
    #expect(Tensor([Int]()).ints() == [])
  }

  @Test func `devices are read by name`() {
    #expect(Device("cpu") == .cpu)
    #expect(Device("cuda") == .cuda(0))
    #expect(Device("cuda:1") == .cuda(1))
    #expect(Device("mps") == .mps)
    #expect(Device("cuda:x") == nil)
    #expect(Device("cuda:-1") == nil)
    #expect(Device("") == nil)
    #expect(Device("tpu") == nil)
    #expect(Device.cuda(2).description == "cuda:2")
  }

  @Test func `the version is the one the bridge was built with`() {
    #expect(Torch.version.hasPrefix("2."))
    #expect(Torch.threads >= 1)
  }
}
