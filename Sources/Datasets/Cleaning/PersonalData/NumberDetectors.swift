/// The number of a payment card: 13 to 19 digits, together or in the groups of cards, with Luhn's
/// check digit (ISO/IEC 7812).
enum PaymentCard: PersonalDetector {
  static let kind = "card"

  static func end(in text: ByteText, from start: Int) -> Int? {
    guard (0x32...0x36).contains(text[start]) else { return nil }
    guard let (digits, end) = DigitRun.read(text, from: start, separators: [0x20, 0x2D], most: 19)
    else { return nil }
    guard (13...19).contains(digits.count), !text.isWord(end), isValid(digits),
      Set(digits).count > 1, isIssued(digits), isGrouped(text.bytes[start..<end])
    else { return nil }
    return end
  }

  /// Whether there are cards with so many digits that begin so: one number in ten passes Luhn's check.
  private static func isIssued(_ digits: [UInt8]) -> Bool {
    switch (digits.count, digits[0], digits[1]) {
    case (16, 2, 2...7), (16, 3, 5), (16, 4, _), (16, 5, _), (16, 6, _): true
    case (15, 3, 4), (15, 3, 7), (14, 3, 0), (14, 3, 6), (14, 3, 8), (13, 4, _): true
    case (19, 4, _), (19, 6, _): true
    default: false
    }
  }

  /// Whether digits stand together, or in groups as on cards: other groups are other numbers.
  private static func isGrouped(_ number: some Collection<UInt8>) -> Bool {
    let groups = number.split { !(0x30...0x39).contains($0) }.map(\.count)
    return groups.count == 1
      || [[4, 4, 4, 4], [4, 6, 5], [4, 6, 4], [4, 4, 4, 4, 3]].contains(groups)
  }

  /// Whether the last digit is the check digit of the others.
  static func isValid(_ digits: [UInt8]) -> Bool {
    var sum = 0
    for (place, digit) in digits.reversed().enumerated() {
      let value = place % 2 == 1 ? 2 * Int(digit) : Int(digit)
      sum += value > 9 ? value - 9 : value
    }
    return sum % 10 == 0
  }
}

/// The number of a bank account: an IBAN with its check digits (ISO 13616).
enum BankAccount: PersonalDetector {
  static let kind = "iban"

  static func end(in text: ByteText, from start: Int) -> Int? {
    guard text.isUpper(start), text.isUpper(start + 1), text.isDigit(start + 2),
      text.isDigit(start + 3)
    else { return nil }
    let country = String(decoding: text.bytes[start..<start + 2], as: UTF8.self)
    guard let length = lengths[country] else { return nil }
    var characters: [UInt8] = []
    var index = start
    while characters.count < length {
      if text.isUpper(index) || text.isDigit(index) {
        characters.append(text[index])
      } else if text[index] != 0x20 || characters.count % 4 != 0 {
        return nil
      }
      index += 1
    }
    return !text.isWord(index) && remainder(characters) == 1 ? index : nil
  }

  /// The remainder of division by 97, of the number that the account stands for.
  private static func remainder(_ characters: [UInt8]) -> Int {
    (characters[4...] + characters[..<4]).reduce(0) { rest, byte in
      byte <= 0x39
        ? (rest * 10 + Int(byte) - 0x30) % 97 : (rest * 100 + Int(byte) - 0x41 + 10) % 97
    }
  }

  /// Characters of an account, by country (the registry of ISO 13616).
  private static let lengths: [String: Int] = [
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22,
    "BR": 29, "BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28,
    "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23,
    "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26,
    "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LI": 21, "LT": 20, "LU": 20, "LV": 21,
    "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30, "NL": 18, "NO": 15,
    "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SE": 24,
    "SI": 19, "SK": 24, "SM": 27, "TN": 24, "TR": 26, "UA": 29, "XK": 20,
  ]
}

/// A social security number of the United States: 3-2-4 digits with hyphens, or with spaces behind
/// `SSN`, of a number that is given out (20 CFR 422.104 and the rules of 2011).
enum SocialSecurityNumber: PersonalDetector {
  static let kind = "ssn"

  static func end(in text: ByteText, from start: Int) -> Int? {
    guard text.isDigit(start), text[start - 1] != 0x2D else { return nil }
    let separator = text[start + 3]
    guard separator == 0x2D || (separator == 0x20 && isNamed(text, start)) else { return nil }
    let end = start + 11
    for index in start..<end {
      let isSeparator = index == start + 3 || index == start + 6
      guard isSeparator ? text[index] == separator : text.isDigit(index) else { return nil }
    }
    guard !text.isWord(end), !(text[end] == 0x2D && text.isDigit(end + 1)) else { return nil }
    let number = String(decoding: text.bytes[start..<end], as: UTF8.self)
    let area = number.prefix(3)
    guard area != "000", area != "666", area < "900", number.dropFirst(4).prefix(2) != "00",
      number.suffix(4) != "0000"
    else { return nil }
    return end
  }

  private static func isNamed(_ text: ByteText, _ start: Int) -> Bool {
    let end = text.end(before: start, skipping: [0x20, 0x3A, 0x23])
    return text.word(before: end).letters == "ssn"
  }
}

/// A telephone number: `+` and a country's code, or grouped digits as people write them.
///
/// Bare runs of digits are none: they may be anything.
enum PhoneNumber: PersonalDetector {
  static let kind = "phone"

  static func end(in text: ByteText, from start: Int) -> Int? {
    // What follows more digits is a part of a longer number.
    guard !(text.isDigit(start - 2) && [0x20, 0x2D, 0x2F].contains(text[start - 1])) else {
      return nil
    }
    let isInternational = text[start] == 0x2B
    let digitsFrom = isInternational ? start + 1 : start
    guard text.isDigit(digitsFrom) || text[digitsFrom] == 0x28, text[start - 1] != 0x2E,
      let (digits, end) = DigitRun.read(
        text, from: digitsFrom, separators: [0x20, 0x2D, 0x2E, 0x28, 0x29, 0x2F], most: 15)
    else { return nil }
    guard !text.isWord(end), !(text[end] == 0x2E && text.isDigit(end + 1)) else { return nil }
    if isInternational { return (8...15).contains(digits.count) && digits[0] != 0 ? end : nil }
    return isNational(text, start..<end, digits) ? end : nil
  }

  /// North American 3-3-4 groups, or a trunk's 0 with two groups or more.
  private static func isNational(
    _ text: ByteText, _ range: Range<Int>, _ digits: [UInt8]
  ) -> Bool {
    let groups = text.bytes[range].split { !(0x30...0x39).contains($0) }.map(\.count)
    // A date or a version has points or slashes alone; thousands are grouped by three.
    let separators = Set(text.bytes[range].filter { !(0x30...0x39).contains($0) })
    if separators.isSubset(of: [0x2E]) && groups != [3, 3, 4] { return false }
    switch groups {
    case [3, 3, 4]: return digits[0] >= 2
    case [1, 3, 3, 4]: return digits[0] == 1 && digits[1] >= 2
    default:
      return digits[0] == 0 && (9...13).contains(digits.count) && (2...6).contains(groups.count)
        && groups[0] >= 3
    }
  }
}

/// Digits with single separators between.
enum DigitRun {
  /// The digits from `start` on, at most `most`, and the end of the last one.
  static func read(
    _ text: ByteText, from start: Int, separators: Set<UInt8>, most: Int
  ) -> (digits: [UInt8], end: Int)? {
    var digits: [UInt8] = []
    var (index, end, gap) = (start, start, 0)
    while index < text.count {
      if text.isDigit(index) {
        guard digits.count < most else { return nil }
        digits.append(text[index] - 0x30)
        (end, gap) = (index + 1, 0)
      } else if separators.contains(text[index]), gap < 2 {
        gap += 1
      } else {
        break
      }
      index += 1
    }
    return digits.isEmpty ? nil : (digits, end)
  }
}
