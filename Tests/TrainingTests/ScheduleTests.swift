import AnnealTraining
import Testing

@Suite struct ScheduleTests {
  @Test func `a warm-up rises to the peak and wastes no step at zero`() {
    let schedule = Schedule.cosine(peak: 1, warmup: 4)
    let rates = (0..<5).map { schedule.rate(at: $0, of: 100) }
    #expect(rates[0] > 0)
    #expect(rates == rates.sorted())
    #expect(rates[4] == 1)
  }

  @Test func `a cosine is at half its peak in the middle and at its floor at the end`() {
    let schedule = Schedule(.cosine, peak: 2, floor: 0.1)
    #expect(abs(schedule.rate(at: 50, of: 100) - 1.1) < 1e-9)
    #expect(abs(schedule.rate(at: 100, of: 100) - 0.2) < 1e-9)
  }

  @Test func `a line falls evenly and a constant stays`() {
    #expect(Schedule.linear(peak: 1).rate(at: 25, of: 100) == 0.75)
    #expect(Schedule.constant(peak: 3).rate(at: 99, of: 100) == 3)
  }
}
