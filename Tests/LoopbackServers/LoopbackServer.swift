internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import Synchronization

/// A real HTTP server on this machine's loopback interface, for one test.
///
/// It answers on a thread of its own, so that tests which block others cannot hold it up, and ends
/// with this object, or with the process.
public final class LoopbackServer: Sendable {
  /// What answers a request.
  public typealias Handler = @Sendable (Received) -> Answered

  /// The port, chosen by the system.
  public let port: Int
  private let channel: any Channel
  private let group: MultiThreadedEventLoopGroup
  private let log: Log

  /// A server that answers by `handler`.
  ///
  /// - Parameter port: 0 lets the system choose.
  public init(port: Int = 0, _ handler: @escaping Handler) async throws {
    let log = Log()
    self.log = log
    group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    channel = try await ServerBootstrap(group: group)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          try pipeline.configureHTTPServerPipeline(withPipeliningAssistance: true)
          try pipeline.addHandler(Exchange(log, handler))
        }
      }
      .bind(host: "127.0.0.1", port: port).get()
    self.port = channel.localAddress?.port ?? 0
  }

  deinit {
    channel.close(promise: nil)
    group.shutdownGracefully { _ in }
  }

  /// Ends the server, so that its port is free.
  public func close() async { try? await channel.close().get() }

  /// The address of `path` here.
  public func url(_ path: String = "") -> String { "http://127.0.0.1:\(port)\(path)" }

  /// All requests so far.
  public var requests: [Received] { log.state.withLock { $0.requests } }

  /// The most requests that were under way at once.
  public var mostAtOnce: Int { log.state.withLock { $0.most } }
}

/// What a server saw.
private final class Log: Sendable {
  struct State {
    var requests: [Received] = []
    var running = 0
    var most = 0
  }

  let state = Mutex(State())

  func begin(_ request: Received) {
    state.withLock {
      $0.requests.append(request)
      $0.running += 1
      $0.most = max($0.most, $0.running)
    }
  }

  func end() { state.withLock { $0.running -= 1 } }
}

/// The requests of one connection, and the answers.
private final class Exchange: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let log: Log
  private let handler: LoopbackServer.Handler
  private var head: HTTPRequestHead?
  private var body: [UInt8] = []

  init(_ log: Log, _ handler: @escaping LoopbackServer.Handler) {
    (self.log, self.handler) = (log, handler)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      (self.head, body) = (head, [])
    case .body(let part):
      body += part.readableBytesView
    case .end:
      guard let head else { return }
      let request = Received(head, body: body)
      log.begin(request)
      let answered = handler(request)
      let (channel, log) = (context.channel, log)
      channel.eventLoop.scheduleTask(in: .milliseconds(Int64(answered.milliseconds))) {
        log.end()
        Self.send(answered, to: head, on: channel)
      }
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  private static func send(
    _ answered: Answered, to request: HTTPRequestHead, on channel: any Channel
  ) {
    var headers = HTTPHeaders(answered.headers.map { ($0.name, $0.value) })
    headers.replaceOrAdd(
      name: "Content-Length", value: String(answered.announced ?? answered.body.count))
    let head = HTTPResponseHead(
      version: .http1_1, status: .init(statusCode: answered.status), headers: headers)
    channel.write(HTTPServerResponsePart.head(head), promise: nil)
    if request.method != .HEAD {
      let bytes = ByteBuffer(bytes: answered.body.prefix(answered.cutAfter ?? .max))
      let sent = channel.writeAndFlush(HTTPServerResponsePart.body(.byteBuffer(bytes)))
      if answered.cutAfter != nil {
        // What is still in the reader's buffers when a connection ends is lost to it.
        return sent.whenComplete { _ in
          channel.eventLoop.scheduleTask(in: .milliseconds(300)) { channel.close(promise: nil) }
        }
      }
    }
    channel.writeAndFlush(HTTPServerResponsePart.end(nil)).whenComplete { _ in
      if !request.isKeepAlive { channel.close(promise: nil) }
    }
  }
}

extension Received {
  fileprivate init(_ head: HTTPRequestHead, body: [UInt8]) {
    let parts = head.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    path = (parts.first ?? "").split(separator: "/").map(Self.resolved)
    query = [:]
    for pair in (parts.count > 1 ? parts[1] : "").split(separator: "&") {
      let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      query[Self.resolved(halves[0])] = halves.count > 1 ? Self.resolved(halves[1]) : ""
    }
    method = head.method.rawValue
    headers = Dictionary(
      head.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { "\($0), \($1)" })
    self.body = body
  }

  private static func resolved(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.count >= 2,
        let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
