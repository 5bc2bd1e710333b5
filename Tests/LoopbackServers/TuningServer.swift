public import AnnealFiles
internal import Foundation
internal import Synchronization

/// A server of OpenAI's fine-tuning API; a job goes on by one stage whenever it is asked about.
public final class TuningServer: Sendable {
  private static let stages = ["validating_files", "queued", "running", "running", "succeeded"]
  private static let metrics = "step,train_loss,train_accuracy\n1,2.5,0.3\n2,1.5,0.6\n"

  private struct Job {
    var wish: JSON
    var stage = 0
    var isCancelled = false
  }

  private struct State {
    var files: [String: [UInt8]] = [:]
    var jobs: [String: Job] = [:]
    var order: [String] = []
  }

  private let key: String
  private let state = Mutex(State())

  /// A server that asks for `key`.
  public init(key: String) { self.key = key }

  /// The files that were sent, by id.
  public var files: [String: [UInt8]] { state.withLock { $0.files } }

  /// What was asked for, by the job's id.
  public var wishes: [String: JSON] { state.withLock { $0.jobs.mapValues(\.wish) } }

  /// Answers `request`.
  public func answer(_ request: Received) -> Answered {
    guard request.headers["authorization"] == "Bearer \(key)" else {
      return .failure(401, "Incorrect API key provided.", code: "invalid_api_key")
    }
    let path = Array(request.path.dropFirst())
    switch (request.method, path.first, path.count) {
    case ("POST", "files", 1): return receive(request)
    case ("GET", "files", 3): return Answered(bytes: Array(Self.metrics.utf8))
    case ("POST", "fine_tuning", 2): return begin(request.json)
    case ("GET", "fine_tuning", 2): return list()
    case (_, "fine_tuning", 3...): return answer(request, job: path[2], path.dropFirst(3).first)
    default: return .failure(404, "no route \(request.pathText)")
    }
  }

  /// Takes the file out of a form.
  private func receive(_ request: Received) -> Answered {
    let type = request.headers["content-type"] ?? ""
    guard type.hasPrefix("multipart/form-data; boundary=") else { return .failure(400, "no form") }
    let boundary = "--" + type.dropFirst("multipart/form-data; boundary=".count)
    let text = String(decoding: request.body, as: UTF8.self)
    let parts = text.split(separator: boundary, omittingEmptySubsequences: true)
    guard parts.count == 3, parts[0].contains("name=\"purpose\"\r\n\r\nfine-tune\r\n"),
      parts[1].contains("name=\"file\"; filename="), parts[2].hasPrefix("--"),
      let start = parts[1].range(of: "\r\n\r\n")
    else { return .failure(400, "another form is expected") }
    let contents = Array(parts[1][start.upperBound...].utf8.dropLast(2))
    return state.withLock { state in
      let id = "file-\(state.files.count + 1)"
      state.files[id] = contents
      return Answered(json: ["id": .string(id), "purpose": "fine-tune", "status": "uploaded"])
    }
  }

  private func begin(_ wish: JSON) -> Answered {
    state.withLock { state in
      guard let file = wish["training_file"]?.string, state.files[file] != nil else {
        return .failure(400, "training_file is not known")
      }
      let id = "ftjob-\(state.jobs.count + 1)"
      state.jobs[id] = Job(wish: wish)
      state.order.append(id)
      return Answered(json: Self.told(id, Job(wish: wish)))
    }
  }

  private func list() -> Answered {
    state.withLock { state in
      let jobs = state.order.reversed().compactMap { id in state.jobs[id].map { Self.told(id, $0) }
      }
      return Answered(json: ["data": .array(jobs), "has_more": false])
    }
  }

  private func answer(_ request: Received, job id: String, _ rest: String?) -> Answered {
    state.withLock { state in
      guard var job = state.jobs[id] else { return .failure(404, "Could not find job \(id)") }
      switch (request.method, rest) {
      case ("GET", nil):
        if !job.isCancelled { job.stage = min(job.stage + 1, Self.stages.count - 1) }
      case ("POST", "cancel"): job.isCancelled = true
      case ("GET", "events"): return Self.events(job, after: request.query["after"])
      case ("GET", "checkpoints"):
        return Answered(json: ["data": [["id": "ftckpt-1", "step_number": 1]]])
      default: return .failure(404, "no route")
      }
      state.jobs[id] = job
      return Answered(json: Self.told(id, job))
    }
  }

  private static func told(_ id: String, _ job: Job) -> JSON {
    let status = job.isCancelled ? "cancelled" : stages[job.stage]
    let isDone = status == "succeeded"
    let model = job.wish["model"]?.string ?? ""
    return [
      "object": "fine_tuning.job", "id": .string(id), "status": .string(status),
      "model": .string(model), "created_at": 1_700_000_000,
      "fine_tuned_model": isDone
        ? .string("ft:\(model):\(job.wish["suffix"]?.string ?? "")") : .null,
      "trained_tokens": isDone ? 1234 : .null, "result_files": isDone ? ["file-metrics"] : [],
      "error": [:],
    ]
  }

  /// One event a stage, the latest first, two a page.
  private static func events(_ job: Job, after cursor: String?) -> Answered {
    let all = (0...job.stage).reversed().map { index -> JSON in
      [
        "id": .string("ftevent-\(index)"), "message": .string("stage \(stages[index])"),
        "data": ["step": .integer(index), "total_steps": .integer(stages.count - 1)],
      ]
    }
    let start = all.firstIndex { $0["id"]?.string == cursor }.map { $0 + 1 } ?? 0
    let page = Array(all[start...].prefix(2))
    return Answered(json: ["data": .array(page), "has_more": .bool(start + page.count < all.count)])
  }
}
