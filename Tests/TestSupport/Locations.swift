import Foundation

/// Files that the project's tests bring along, under `Tests/Fixtures`.
public enum Fixture {
  /// The path of a fixture.
  public static func path(_ name: String) -> String { "\(Locations.tests)/Fixtures/\(name)" }
}

/// Files of the checkout itself.
public enum Checkout {
  /// The path of a file or folder of the checkout.
  public static func path(_ name: String) -> String { "\(Locations.checkout)/\(name)" }
}

/// Real data beside the checkout, which is never committed; tests that need it are skipped without.
public enum SharedData {
  /// The path of a file or folder, nil when it is not there.
  public static func path(_ name: String) -> String? {
    let path = "\(Locations.checkout)/../shared/data/\(name)"
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }
}

/// A folder that is gone when the test is over.
public final class TemporaryFolder {
  /// The folder's path.
  public let path: String

  /// A new, empty folder.
  public init() throws {
    path = NSTemporaryDirectory() + "anneal-test-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes `text` to a file in it.
  @discardableResult
  public func write(_ text: String, to name: String) throws -> String {
    let file = path + "/" + name
    try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    return file
  }
}

enum Locations {
  static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().path
  static let checkout = URL(fileURLWithPath: tests).deletingLastPathComponent().path
}

/// A file's bytes.
public func fileBytes(_ path: String) throws -> [UInt8] {
  [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
}
