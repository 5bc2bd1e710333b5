import AnnealFiles
import AnnealText

/// A JSON file with messages, or with an object that holds `messages` and perhaps `tools`.
enum MessagesFile {
  static func conversation(_ path: String) throws -> Conversation {
    do {
      return try Conversation(json: JSON(contentsOf: path))
    } catch var error as AnnealError {
      error.place = error.place ?? .init(file: path)
      throw error
    }
  }
}
