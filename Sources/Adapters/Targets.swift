internal import AnnealFiles
public import AnnealNeural

/// Which linear maps an adapter is attached to.
public struct Targets: Sendable, Hashable {
  /// How maps are named.
  public enum Rule: Sendable, Hashable {
    /// Every linear map except the head, as PEFT's `all-linear`.
    case allLinear
    /// Maps whose path is, or ends in, one of these names: `q_proj`, `layers.0.self_attn.q_proj`.
    case names([String])
    /// Maps whose whole path matches a regular expression, as PEFT's `re.fullmatch`.
    case pattern(String)
  }

  /// How maps are named.
  public var rule: Rule

  /// Targets by a rule.
  public init(_ rule: Rule) { self.rule = rule }

  /// Every linear map except the head.
  public static let all = Targets(.allLinear)
  /// The four projections of attention.
  public static let attention = Targets(.names(["q_proj", "k_proj", "v_proj", "o_proj"]))
  /// The three projections of the feed-forward.
  public static let feedForward = Targets(.names(["gate_proj", "up_proj", "down_proj"]))
  /// Maps by name.
  public static func names(_ names: String...) -> Targets { Targets(.names(names)) }

  /// `sites` by name where all maps of that name are meant, and by their whole paths where not.
  public static func naming(_ sites: [Site], among all: [Site]) -> Targets {
    let paths = Set(sites.map(\.path))
    var names: [String] = []
    for site in sites {
      let isWhole = all.allSatisfy { $0.name != site.name || paths.contains($0.path) }
      let name = isWhole ? String(site.name) : site.path
      if !names.contains(name) { names.append(name) }
    }
    return Targets(.names(names))
  }

  /// Refuses a pattern that is not a regular expression.
  func check() throws {
    guard case .pattern(let pattern) = rule else { return }
    do { _ = try Regex(pattern) } catch {
      throw AnnealError(
        .recipe, "the target pattern '\(pattern)' is not a regular expression",
        remedy: "Name maps such as q_proj, or match whole paths: '.*\\.(q|v)_proj'.", cause: error)
    }
  }

  /// Whether `site` is meant.
  public func contains(_ site: Site) -> Bool {
    switch rule {
    case .allLinear: site.role != .head
    case .names(let names): names.contains { site.path == $0 || site.path.hasSuffix("." + $0) }
    case .pattern(let pattern): (try? Regex(pattern).wholeMatch(in: site.path)) != nil
    }
  }
}
