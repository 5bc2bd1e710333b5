extension Double {
  /// The number with exactly `digits` digits after the point, rounded half away from zero.
  func fixed(_ digits: Int) -> String {
    guard isFinite else { return isNaN ? "nan" : self > 0 ? "inf" : "-inf" }
    let scale = (0..<digits).reduce(1.0) { power, _ in power * 10 }
    guard abs(self) * scale < 9e15 else { return "\(self)" }
    let whole = Int((abs(self) * scale).rounded())
    let sign = self < 0 && whole > 0 ? "-" : ""
    guard digits > 0 else { return sign + String(whole) }
    let text = String(whole)
    let padded = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
    return sign + padded.dropLast(digits) + "." + padded.suffix(digits)
  }

  /// The number with about `digits` significant digits and no trailing zeros: `0.00123`, `31,200`.
  func brief(_ digits: Int = 3) -> String {
    guard isFinite, self != 0 else { return self == 0 ? "0" : fixed(0) }
    let exponent = Int(decimalExponent)
    if exponent < -4 || exponent >= 15 { return scientific(digits) }
    var text = fixed(max(0, digits - 1 - exponent))
    if text.contains(".") {
      while text.last == "0" { text.removeLast() }
      if text.last == "." { text.removeLast() }
      return text
    }
    return grouped
  }

  /// The number as digits and a power of ten: `2e-4`.
  func scientific(_ digits: Int = 2) -> String {
    guard isFinite, self != 0 else { return self == 0 ? "0" : fixed(0) }
    var exponent = Int(decimalExponent)
    var mantissa = self / powerOfTen(exponent)
    // Rounding may reach the next power: 9.99 with one digit is 1e1.
    if abs(mantissa).fixed(max(0, digits - 1)).hasPrefix("10") {
      exponent += 1
      mantissa /= 10
    }
    var text = mantissa.fixed(max(0, digits - 1))
    if text.contains(".") {
      while text.last == "0" { text.removeLast() }
      if text.last == "." { text.removeLast() }
    }
    return "\(text)e\(exponent)"
  }

  /// The whole number nearest, with commas between thousands.
  var grouped: String {
    let text = fixed(0)
    let digits = Array(text.drop { $0 == "-" })
    guard digits.allSatisfy(\.isNumber) else { return text }
    var grouped = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { grouped += "," }
      grouped.append(digit)
    }
    return (text.hasPrefix("-") ? "-" : "") + grouped
  }

  /// The largest power of ten that is not above the number's size, as an exponent.
  private var decimalExponent: Double {
    var exponent = 0.0
    var size = abs(self)
    while size >= 10, exponent < 400 {
      size /= 10
      exponent += 1
    }
    while size < 1, exponent > -400 {
      size *= 10
      exponent -= 1
    }
    return exponent
  }

  private func powerOfTen(_ exponent: Int) -> Double {
    (0..<abs(exponent)).reduce(1.0) { power, _ in exponent < 0 ? power / 10 : power * 10 }
  }
}

/// Amounts in the words of a report.
public enum Amount {
  /// A whole number with commas between thousands: `8,798,208`.
  public static func count(_ count: Int) -> String { Double(count).grouped }

  /// A number of things by name: `1 thread`, `2 threads`.
  public static func count(_ count: Int, of thing: String) -> String {
    "\(Double(count).grouped) \(thing)\(count == 1 ? "" : "s")"
  }

  /// A number of things whose name has a plural of its own.
  public static func count(_ count: Int, of thing: String, _ things: String) -> String {
    "\(Double(count).grouped) \(count == 1 ? thing : things)"
  }

  /// An amount of money, in whatever money the prices are in: `0.00123`, `31.2`.
  public static func cost(_ cost: Double) -> String { cost.brief(3) }

  /// Bytes as `980 MB` or `1.25 GB`, powers of 1000.
  public static func bytes(_ count: Int) -> String {
    let units: [(Double, String)] = [(1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")]
    for (size, name) in units where Double(count) >= size {
      return "\((Double(count) / size).brief(3)) \(name)"
    }
    return "\(count) B"
  }

  /// A duration as `8.31 ms`, `42 s`, `3 min 05 s` or `2 h 07 min`.
  public static func seconds(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "?" }
    if seconds > 0, seconds < 0.1 { return "\((seconds * 1000).brief(3)) ms" }
    if seconds < 10 { return "\(seconds.fixed(1)) s" }
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(two(whole % 60)) s" }
    let minutes = (whole + 30) / 60
    return "\(minutes / 60) h \(two(minutes % 60)) min"
  }

  /// A duration as `3:05` or `2:07:41`.
  public static func clock(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "?" }
    let whole = Int(seconds.rounded())
    let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
    return hours > 0 ? "\(hours):\(two(minutes)):\(two(rest))" : "\(minutes):\(two(rest))"
  }

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
