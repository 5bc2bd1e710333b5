public import AnnealFiles
public import AnnealNeural

/// A parameter-efficient method: what it attaches to the linear maps of a frozen model.
public protocol Adapter: Sendable {
  /// `peft_type` in `adapter_config.json`.
  static var name: String { get }
  /// The maps it is attached to.
  var targets: Targets { get }
  /// Reads the method's settings from an `adapter_config.json`.
  init(configuration: JSON, file: String) throws
  /// The method's own keys of `adapter_config.json`, in PEFT's spelling.
  var configuration: JSON { get }
  /// What is learned at `site`, as it begins; nil leaves the site alone.
  ///
  /// - Parameter seed: the run's; a site's start is a pure function of it and the site's path.
  func attachment(at site: Site, seed: UInt64) -> (any Attachment)?
  /// What a run saved at `site`.
  ///
  /// - Parameter parameter: the saved tensor of a name, checked against the extents given.
  func attachment(at site: Site, saved parameter: SavedParameters) throws -> any Attachment
}
