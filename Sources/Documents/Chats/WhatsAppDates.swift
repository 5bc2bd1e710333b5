/// The numbers of a message's date and time, as the phone's language writes them.
struct WhatsAppStamp: Sendable, Hashable {
  /// The three numbers of the date, in the order of the text.
  let date: [Int]
  /// Whether the year comes first.
  let isYearFirst: Bool
  /// Whether points part the numbers, which is done where days come first.
  let hasPoints: Bool
  /// Hour of 24, minute and second.
  let time: [Int]

  /// The stamp of `date` and `time`; `half` is what may say AM or PM.
  init?(_ date: Substring, _ time: Substring, half: Substring) {
    let numbers = date.split { !$0.isNumber }.map { Int($0) }
    var clock = time.split { !$0.isNumber }.map { Int($0) }
    if clock.count == 2 { clock.append(0) }
    let known = (numbers.compactMap(\.self), clock.compactMap(\.self))
    guard known.0.count == 3, numbers.count == 3, known.1.count == 3, clock.count == 3 else {
      return nil
    }
    self.date = known.0
    isYearFirst = date.prefix { $0.isNumber }.count == 4
    hasPoints = date.contains(".")
    var hour = known.1[0]
    let letters = half.lowercased().filter(\.isLetter)
    if letters.hasPrefix("p"), hour < 12 { hour += 12 }
    if letters.hasPrefix("a"), hour == 12 { hour = 0 }
    self.time = [hour, known.1[1], known.1[2]]
  }

  /// Seconds since 1970 when its numbers stand in `order`, by the clock of the phone; nil when no
  /// calendar has such a day.
  func seconds(_ order: WhatsAppDates.Order) -> Double? {
    let places: [Int]
    switch order {
    case .year: places = [0, 1, 2]
    case .day: places = [2, 1, 0]
    case .month: places = [2, 0, 1]
    }
    var numbers = places.map { date[$0] } + time
    guard (0..<10_000).contains(numbers[0]) else { return nil }
    if numbers[0] < 100 { numbers[0] += 2000 }
    let texts = zip(numbers, [4, 2, 2, 2, 2, 2]).map { number, width in
      String(repeating: "0", count: max(0, width - "\(number)".count)) + "\(number)"
    }
    return LoggedTime.seconds(
      texts[..<3].joined(separator: "-") + "T" + texts[3...].joined(separator: ":"))
  }
}

/// The order of day and month in the dates of a chat: each line leaves it open, all together tell it.
struct WhatsAppDates: Sendable {
  /// What comes first.
  enum Order: Sendable {
    case year
    case month
    case day
  }

  /// The order; nil when it cannot be told.
  let order: Order?

  /// The order of `stamps`: that in which all are days of the calendar, and none is earlier than the
  /// one before it.
  init(_ stamps: [WhatsAppStamp]) {
    if stamps.contains(where: \.isYearFirst) {
      order = .year
    } else if stamps.contains(where: \.hasPoints) {
      order = .day
    } else {
      let orders = [Order.day, .month].filter { order in
        let times = stamps.map { $0.seconds(order) }
        return times.allSatisfy { $0 != nil }
          && zip(times, times.dropFirst()).allSatisfy { ($0 ?? 0) <= ($1 ?? 0) }
      }
      order = orders.count == 1 ? orders[0] : nil
    }
  }

  /// Seconds since 1970 of `stamp`; nil when the order cannot be told.
  func seconds(_ stamp: WhatsAppStamp) -> Double? { order.flatMap { stamp.seconds($0) } }
}
