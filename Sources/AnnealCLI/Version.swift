import AnnealFiles

/// The version of the executable.
enum Version {
  static let text = AnnealVersion.text
}
