public import AnnealEvaluation
public import AnnealFiles

/// The votes of one or more people on a blind test.
///
/// People who vote on the same request do not vote independently, so what counts for the verdict is
/// the majority on each request.
public struct BlindVotes: Sendable, Hashable {
  /// Votes for the tuned model.
  public private(set) var tuned = 0
  /// Votes for the base.
  public private(set) var base = 0
  /// Votes for neither.
  public private(set) var ties = 0
  /// Files of votes.
  public let voters: Int
  /// Requests that were shown.
  public let requests: Int
  /// Of each request, the votes for the tuned model less those for the base; nil where nobody voted.
  private var balance: [Int?]

  /// Counts `files` of votes by the test's key.
  ///
  /// - Throws: `AnnealError` when a file is no file of votes, is of another test, or is there twice.
  public init(_ files: [String], key path: String) throws {
    let key = try Self.json(path)
    let sides = key["tuned"]?.array?.map(\.string)
    guard let test = key["test"]?.string, let sides,
      sides.allSatisfy({ $0 == "left" || $0 == "right" })
    else {
      throw AnnealError(
        .data, "this is no key of a blind test", at: .init(file: path),
        remedy: "Give the key.json that was written beside the page.")
    }
    (voters, requests) = (files.count, sides.count)
    balance = Array(repeating: nil, count: sides.count)
    var seen: [String: String] = [:]
    for file in files {
      let json = try Self.json(file)
      guard json["test"]?.string == test else {
        throw AnnealError(
          .data, "these votes are of another test than the key",
          at: .init(file: file, field: "test"),
          remedy: "Give the key that was written with the page the votes come from.")
      }
      let voter = json["voter"]?.string ?? SHA256Digest.hex(of: json.text())
      if let other = seen.updateValue(file, forKey: voter) {
        throw AnnealError(
          .data, "these are the votes of the person whose votes are in \(other)",
          at: .init(file: file, field: "voter"), remedy: "Give each person's votes once.")
      }
      guard let votes = json["votes"]?.array, votes.count <= sides.count else {
        throw AnnealError(
          .data, "expected at most \(sides.count) votes", at: .init(file: file, field: "votes"))
      }
      for (place, vote) in votes.enumerated() { try count(vote, tuned: sides[place], place, file) }
    }
  }

  private mutating func count(_ vote: JSON, tuned: String?, _ place: Int, _ file: String) throws {
    var change = 0
    switch vote.string {
    case "tie": ties += 1
    case "left", "right":
      change = vote.string == tuned ? 1 : -1
      if change > 0 { self.tuned += 1 } else { base += 1 }
    default:
      throw AnnealError(
        .data, "found \(vote.text()), expected left, right or tie",
        at: .init(file: file, field: "votes[\(place)]"))
    }
    balance[place] = (balance[place] ?? 0) + change
  }

  private static func json(_ path: String) throws -> JSON {
    try JSON(parsing: TextContents.bytes(of: path), file: path)
  }

  /// The sign test of the requests on which a majority prefers one of the two.
  public var test: McNemar {
    let majorities = balance.compactMap { $0 }
    return McNemar(wins: majorities.count { $0 > 0 }, losses: majorities.count { $0 < 0 })
  }

  /// What the votes say: with less than one chance in twenty of so large an imbalance, one is better.
  public var verdict: Verdict {
    guard test.pValue < 0.05 else { return .notDistinguishable }
    return test.wins > test.losses ? .better : .worse
  }

  /// Requests on which nobody voted.
  private var open: Int { balance.count { $0 == nil } }

  /// The count as the command line reports it.
  public var json: JSON {
    [
      "verdict": .string(verdict.rawValue), "tuned": .integer(tuned), "base": .integer(base),
      "ties": .integer(ties), "voters": .integer(voters), "requests": .integer(requests),
      "requests_without_votes": .integer(open), "requests_tuned": .integer(test.wins),
      "requests_base": .integer(test.losses), "p_value": .number(test.pValue),
    ]
  }

  /// The count in one sentence.
  public var sentence: String {
    let votes =
      "\(Amount.count(tuned, of: "vote")) for the tuned model, \(base) for the base, "
      + Amount.count(ties, of: "tie")
    let left = open > 0 ? "; \(Amount.count(open, of: "request")) without a vote" : ""
    return
      "\(verdict.rawValue): of \(Amount.count(requests, of: "request")) the tuned model's reply "
      + "is preferred on \(test.wins), the base's on \(test.losses) (\(votes), "
      + "\(Amount.count(voters, of: "voter")); sign test, p = \(test.pValue.fixed(4))\(left))"
  }
}
