internal import AnnealFiles
#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// Where `huggingface_hub` and its kin keep files on this machine, by the same variables.
public struct HubFolders: Sendable, Hashable {
  /// The folder of everything: `HF_HOME`, or `huggingface` in the user's cache folder.
  public let home: String
  /// The folder of downloaded repositories: `HF_HUB_CACHE`, or `hub` in `home`.
  public let cache: String
  /// The file that logging in writes the token into: `HF_TOKEN_PATH`, or `token` in `home`.
  public let token: String

  /// The folders that the environment names.
  ///
  /// - Parameter environment: nil takes this process's own.
  public init(environment: [String: String]? = nil) {
    let environment = environment ?? ProcessInfo.processInfo.environment
    let user = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? Folder.home
    func variable(_ names: String...) -> String? {
      names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }.map { path in
        path == "~" ? user : path.hasPrefix("~/") ? user + path.dropFirst(1) : path
      }
    }
    home = variable("HF_HOME") ?? (variable("XDG_CACHE_HOME") ?? user + "/.cache") + "/huggingface"
    cache = variable("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE") ?? home + "/hub"
    token = variable("HF_TOKEN_PATH") ?? home + "/token"
  }
}
