import AnnealInference
import Testing

@Suite struct SamplerTests {
  let logits: [Float] = [0.1, 2.0, -1.0, 1.9, 0.0]

  @Test func `temperature zero takes the likeliest token`() {
    #expect(Sampler(.greedy).token(from: logits, seen: [], place: 0) == 1)
  }

  @Test func `the same seed and place give the same token, others vary`() {
    let sampler = Sampler(SamplingSettings(temperature: 1.5, seed: 3))
    let tokens = (0..<50).map { sampler.token(from: logits, seen: [], place: $0) }
    #expect(tokens == (0..<50).map { sampler.token(from: logits, seen: [], place: $0) })
    #expect(Set(tokens).count > 2)
  }

  @Test func `top-k, top-p and min-p drop the unlikely`() {
    for settings in [
      SamplingSettings(temperature: 1, topK: 2), SamplingSettings(temperature: 1, topP: 0.5),
      SamplingSettings(temperature: 1, minP: 0.5),
    ] {
      let sampler = Sampler(settings)
      let tokens = Set((0..<200).map { sampler.token(from: logits, seen: [], place: $0) })
      #expect(tokens == [1, 3])
    }
  }

  @Test func `a repetition penalty turns to another token`() {
    let sampler = Sampler(SamplingSettings(repetitionPenalty: 1.5))
    #expect(sampler.token(from: logits, seen: [1], place: 0) == 3)
  }

  @Test func `frequencies follow the probabilities`() {
    let sampler = Sampler(SamplingSettings(temperature: 1, seed: 1))
    let even: [Float] = [1, 1]
    let ones = (0..<4000).count { sampler.token(from: even, seen: [], place: $0) == 1 }
    // Four standard deviations of a fair coin thrown 4,000 times are 126.
    #expect(abs(ones - 2000) < 127)
  }
}
