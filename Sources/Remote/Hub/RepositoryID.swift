internal import AnnealFiles

/// A repository of the Hub.
public struct RepositoryID: Sendable, Hashable, CustomStringConvertible {
  /// What it holds.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    case model
    case dataset
  }

  /// What it holds.
  public let kind: Kind
  /// Its name, with its owner's before a slash; old repositories have none.
  public let name: String

  /// The repository called `name`.
  ///
  /// - Throws: `AnnealError` of kind `usage` when no repository can be called so.
  public init(_ name: String, kind: Kind = .model) throws {
    guard Self.isPossible(name) else {
      throw AnnealError(
        .usage, "'\(name)' cannot be a repository; expected OWNER/NAME",
        remedy: "Letters, digits, - _ and . are allowed, such as Qwen/Qwen2.5-0.5B.")
    }
    (self.name, self.kind) = (name, kind)
  }

  /// Whether a repository can be called `name`.
  public static func isPossible(_ name: String) -> Bool {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    return (1...2).contains(parts.count) && name.utf8.count <= 192
      && parts.allSatisfy { part in
        !part.isEmpty && part.utf8.count <= 96
          && part.utf8.allSatisfy { byte in
            let character = Character(Unicode.Scalar(byte))
            return byte < 0x80
              && (character.isLetter || character.isNumber || "-_.".contains(character))
          }
          && !part.contains("--") && !part.contains("..") && !"-.".contains(part.first ?? "-")
          && !"-.".contains(part.last ?? "-")
      }
  }

  /// The owner's name; nil when none is given.
  var owner: String? {
    name.contains("/") ? name.split(separator: "/").first.map(String.init) : nil
  }
  /// The name without the owner's.
  var shortName: String { name.split(separator: "/").last.map(String.init) ?? name }

  /// Its path among the API's routes.
  var apiPath: String { "/api/\(kind.rawValue)s/\(name)" }
  /// Its path among the pages.
  var pagePath: String { kind == .model ? "/\(name)" : "/\(kind.rawValue)s/\(name)" }
  /// Its folder in the cache.
  var folderName: String {
    "\(kind.rawValue)s--" + name.split(separator: "/").joined(separator: "--")
  }

  /// The name.
  public var description: String { kind == .model ? name : "\(kind.rawValue) \(name)" }
}
