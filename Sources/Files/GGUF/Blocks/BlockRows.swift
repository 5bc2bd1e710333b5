internal import Dispatch

extension BlockFormat {
  /// Writes rows side by side, several at once.
  ///
  /// - Parameters:
  ///   - values: the rows' values, finite.
  ///   - width: values of a row, a multiple of `valuesPerBlock`.
  ///   - importance: weights of the squared errors in a row, finite and not negative, one a value;
  ///     empty for equal ones.
  ///   - bytes: where the rows go; exactly as long as they need.
  public static func encode(
    _ values: UnsafeBufferPointer<Float>, width: Int, importance: [Float] = [],
    into bytes: UnsafeMutableBufferPointer<UInt8>
  ) {
    guard let source = values.baseAddress, let target = bytes.baseAddress, fits(width: width)
    else { return }
    let blocks = width / valuesPerBlock
    precondition(bytes.count == values.count / valuesPerBlock * bytesPerBlock)
    precondition(importance.isEmpty || importance.count == width)
    nonisolated(unsafe) let (from, to) = (source, target)
    importance.withUnsafeBufferPointer { weights in
      nonisolated(unsafe) let weights = weights.isEmpty ? nil : weights.baseAddress
      Rows.forEach(values.count / width, width: width) { row in
        encode(
          blocks: blocks, from + row * width, importance: weights,
          into: to + row * blocks * bytesPerBlock)
      }
    }
  }

  /// Reads rows side by side, several at once.
  ///
  /// - Parameters:
  ///   - bytes: the rows.
  ///   - width: values of a row, a multiple of `valuesPerBlock`.
  ///   - values: where the values go; exactly as many as there are.
  public static func decode(
    _ bytes: UnsafeBufferPointer<UInt8>, width: Int, into values: UnsafeMutableBufferPointer<Float>
  ) {
    guard let source = bytes.baseAddress, let target = values.baseAddress, fits(width: width)
    else { return }
    let blocks = width / valuesPerBlock
    precondition(bytes.count == values.count / valuesPerBlock * bytesPerBlock)
    nonisolated(unsafe) let (from, to) = (source, target)
    Rows.forEach(values.count / width, width: width) { row in
      decode(blocks: blocks, from + row * blocks * bytesPerBlock, into: to + row * width)
    }
  }
}

/// Rows of a tensor that threads share out among them.
private enum Rows {
  /// Values that are worth a thread's while.
  private static let share = 1 << 14

  static func forEach(_ count: Int, width: Int, _ body: @Sendable (Int) -> Void) {
    let rows = max(1, share / max(1, width))
    let parts = (count + rows - 1) / rows
    DispatchQueue.concurrentPerform(iterations: parts) { part in
      for row in part * rows..<min(count, (part + 1) * rows) { body(row) }
    }
  }
}
