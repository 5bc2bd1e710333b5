#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif
internal import AnnealFiles

/// The embedded model and data.
public enum Resources {
  /// The folder that holds them: `ANNEAL_RESOURCES`, or `share/anneal` beside an installed
  /// executable's `bin`, or `Resources` of the checkout that the executable was built in.
  public static func folder() throws -> String {
    if let given = ProcessInfo.processInfo.environment["ANNEAL_RESOURCES"], !given.isEmpty {
      guard isComplete(given) else { throw missing("ANNEAL_RESOURCES=\(given)") }
      return given
    }
    let places = candidates()
    guard let found = places.first(where: isComplete) else {
      throw missing(places.joined(separator: ", "))
    }
    return found
  }

  private static func candidates() -> [String] {
    var executable = CommandLine.arguments.first ?? ""
    #if os(Linux)
      // The path by which a program was called need not lead to it.
      executable =
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? executable
    #endif
    var folder = URL(fileURLWithPath: executable).deletingLastPathComponent()
    var places = [folder.deletingLastPathComponent().path + "/share/anneal"]
    for _ in 0..<5 {
      places.append(folder.path + "/Resources")
      folder = folder.deletingLastPathComponent()
    }
    return places
  }

  private static func isComplete(_ folder: String) -> Bool {
    Folder.holdsFile(folder + "/base/config.json")
  }

  private static func missing(_ places: String) -> AnnealError {
    AnnealError(
      .model,
      "the folder of the embedded model and the built-in tasks was not found; looked in \(places)",
      remedy: "Set ANNEAL_RESOURCES to the project's Resources folder.")
  }
}
