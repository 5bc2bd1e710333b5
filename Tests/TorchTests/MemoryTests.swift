import AnnealFiles
import AnnealTorch
import Testing

/// Other tests allocate at the same time, but little: sizes here are far above theirs.
@Suite(.serialized) struct MemoryTests {
  private let large = 400 << 20
  private let noise = 100 << 20

  @Test func `a tensor's memory is counted and let go with its last copy`() {
    let before = Torch.Memory.currentBytes
    var tensor: Tensor? = .empty([large], .uint8)
    var view = tensor?.view(-1, 2)
    #expect(abs(Torch.Memory.currentBytes - before - large) < noise)
    tensor = nil
    #expect(view?.count == large)
    #expect(abs(Torch.Memory.currentBytes - before - large) < noise)
    view = nil
    #expect(abs(Torch.Memory.currentBytes - before) < noise)
    #expect(Torch.Memory.peakBytes >= before + large - noise)
    Torch.Memory.resetPeak()
    #expect(Torch.Memory.peakBytes < before + large)
  }

  @Test func `a budget makes too large a request an error, and work goes on`() throws {
    defer { Torch.Memory.budget = nil }
    let budget = Torch.Memory.currentBytes + large
    Torch.Memory.budget = budget
    #expect(Torch.Memory.budget == budget)
    let before = Torch.Memory.currentBytes
    let error = #expect(throws: TorchError.self) {
      try Torch.checked { Tensor.zeros([4 * large], .uint8) }
    }
    #expect(error?.code == .outOfMemory)
    #expect(error.map { AnnealError($0).code } == .outOfMemory)
    #expect(abs(Torch.Memory.currentBytes - before) < noise)
    #expect(try Torch.checked { Tensor.ones([1000]).sum().item() } == 1000)
    Torch.Memory.budget = nil
    #expect(try Torch.checked { Tensor.empty([4 * large], .uint8).count } == 4 * large)
  }

  @Test func `memory kept for reuse gives way to a budget`() throws {
    defer { Torch.Memory.budget = nil }
    for _ in 0..<4 { _ = Tensor.zeros([64 << 20], .uint8) }
    Torch.Memory.budget = Torch.Memory.currentBytes + 2 * noise
    for size in [65 << 20, 66 << 20, 67 << 20] {
      #expect(try Torch.checked { Tensor.ones([size], .uint8).max().item() } == 1)
    }
  }

  @Test func `tensors of many sizes that come and go on several threads never share memory`() async
  {
    let intact = await withTaskGroup(of: Bool.self) { group in
      for thread in 0..<4 {
        group.addTask {
          var random = SplitMix64(seed: UInt64(thread))
          var held: [(tensor: Tensor, value: Int64)] = []
          for value in 0..<400 {
            // From some bytes to 16 MB: on both sides of where blocks share a range of addresses.
            let size = 1 << random.below(21)
            held.append((.full([size + random.below(size)], Double(value), .int64), Int64(value)))
            while held.count > 12 {
              let (tensor, value) = held.remove(at: random.below(held.count))
              let bounds = [tensor.min().item(), tensor.max().item()]
              if bounds != [Double(value), Double(value)] { return false }
            }
          }
          return true
        }
      }
      return await group.allSatisfy { $0 }
    }
    #expect(intact)
  }

  @Test func `running out in a backward pass leaves nothing behind`() throws {
    defer { Torch.Memory.budget = nil }
    let before = Torch.Memory.currentBytes
    #expect(throws: TorchError.self) {
      try Torch.checked {
        let x = Tensor.empty([large / 4]).requiringGradient()
        let y = x * 2
        Torch.Memory.budget = Torch.Memory.currentBytes + large / 2
        _ = Tensor.gradients(of: [y.sum()], seeds: [Tensor(1)], for: [x])
      }
    }
    #expect(abs(Torch.Memory.currentBytes - before) < noise)
  }

  @Test func `an optimizer step at a full budget moves every tensor`() async {
    await #expect(processExitsWith: .success) {
      Torch.threads = 4
      let shape = [1 << 20]
      let values = (0..<3).map { _ in Tensor.ones(shape) }
      let gradients = (0..<3).map { _ in Tensor.ones(shape) }
      let moments = (0..<6).map { _ in Tensor.zeros(shape) }
      Torch.Memory.budget = Torch.Memory.currentBytes
      try Torch.checked {
        AdamWStep(learningRate: 0.5, step: 1)(
          parameters: values, gradients: gradients, firstMoments: Array(moments[..<3]),
          secondMoments: Array(moments[3...]))
      }
      Torch.Memory.budget = nil
      #expect(values.allSatisfy { $0.max().item() < 0.51 })
    }
  }

  @Test func `bytes without a copy live as long as the tensor`() {
    final class Owner {
      let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 64, alignment: 64)
      let released: () -> Void
      init(released: @escaping () -> Void) { self.released = released }
      deinit {
        bytes.deallocate()
        released()
      }
    }
    var isReleased = false
    var owner: Owner? = Owner { isReleased = true }
    owner?.bytes.initializeMemory(as: Float.self, repeating: 3)
    var tensor = owner.map {
      Tensor(bytes: UnsafeRawBufferPointer($0.bytes), shape: [16], dtype: .float32, owner: $0)
    }
    var part = tensor?.narrow(0, 2, 4)
    owner = nil
    tensor = nil
    #expect(!isReleased)
    #expect(part?.floats() == [3, 3, 3, 3])
    part = nil
    #expect(isReleased)
  }

  @Test func `misaligned bytes are copied, and wrong counts are errors that release the owner`() {
    final class Owner {}
    let owner = Owner()
    weak var watched: Owner?
    let bytes: [UInt8] = [0, 0, 0, 0, 128, 63, 0, 0, 0]
    bytes.withUnsafeBytes { all in
      let shifted = UnsafeRawBufferPointer(rebasing: all[1..<9])
      let aligned = UInt(bitPattern: shifted.baseAddress) % 4 == 0
      #expect(!aligned)
      let tensor = Tensor(bytes: shifted, shape: [2], dtype: .float32, owner: owner)
      #expect(tensor.withBytes { $0.baseAddress != shifted.baseAddress })
      let own = Owner()
      watched = own
      #expect(throws: TorchError.self) {
        try Torch.checked {
          Tensor(
            bytes: UnsafeRawBufferPointer(rebasing: all[0..<4]), shape: [2], dtype: .float32,
            owner: own)
        }
      }
    }
    #expect(watched == nil)
  }
}
