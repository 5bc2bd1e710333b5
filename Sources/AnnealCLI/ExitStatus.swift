import AnnealFiles
import AnnealTorch

/// The exit statuses of the command line's contract.
enum ExitStatus: Int32, Error {
  case workFailed = 1
  case wrongUsage = 2
  case unusableInput = 3
  case gateSaidNo = 4
  case interrupted = 130
  case terminated = 143

  /// What a failure means to a shell.
  init(_ error: AnnealError) {
    switch error.code {
    case .usage, .recipe: self = .wrongUsage
    case .data, .model: self = .unusableInput
    case .gate: self = .gateSaidNo
    case .interrupted: self = Interruption.wasTerminated ? .terminated : .interrupted
    default: self = .workFailed
    }
  }
}
