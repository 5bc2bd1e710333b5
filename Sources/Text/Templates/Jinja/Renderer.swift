internal import AnnealFiles
internal import OrderedCollections

/// Carries out a template once.
final class Renderer {
  /// What follows a statement: the next one, or the end of a loop or of one of its turns.
  enum Flow { case onward, leaveLoop, nextTurn }

  let program: Program
  let clock: Clock
  private var output = ""
  private(set) var generated: [Range<Int>] = []
  private var captures = 0
  let work: Work
  /// Whether what is printed is escaped, as in an `autoescape` block.
  private(set) var escapes = false
  private var macroScopes: [Scope] = []
  private var namespaces: [Namespace] = []
  private var changedLoops: [LoopState] = []

  init(_ program: Program, clock: Clock, limits: Limits = .standard) {
    self.program = program
    self.clock = clock
    work = Work(limits)
  }

  var limits: Limits { work.limits }

  /// The text that the template makes of `variables`.
  func render(_ variables: [String: Value]) throws -> String {
    defer { releaseCycles() }
    _ = try execute(program.body, in: Scope([:], in: Scope(variables)))
    return output
  }

  /// Macros keep their scope and scopes their macros; namespaces may hold each other.
  private func releaseCycles() {
    for scope in macroScopes { scope.empty() }
    for namespace in namespaces { namespace.attributes = [:] }
    for loop in changedLoops { loop.forget() }
  }

  func track(_ namespace: Namespace) { namespaces.append(namespace) }
  func track(_ loop: LoopState) { changedLoops.append(loop) }

  // MARK: Bounds

  func countTurn() throws { try work.charge(Work.turn) }

  func checkStack() throws { try work.checkStack() }

  func write(_ text: String) throws {
    try work.charge(text.utf8.count)
    guard text.utf8.count <= limits.textBytes - output.utf8.count else {
      throw Fault("the template writes more than \(limits.textBytes) bytes")
    }
    output += text
  }

  /// Prints a value, escaped where that is asked for.
  private func print(_ value: Value) throws {
    if program.dialect.refusesUndefined { try value.requireDefined() }
    let text = try value.printed(work)
    guard escapes, !value.isMarkup else { return try write(text) }
    try work.scan(text)
    try write(PythonText.escapedHTML(text))
  }

  func located(_ error: any Error, _ position: Position) -> any Error {
    (error as? Fault)?.located(position, in: program.name) ?? error
  }

  // MARK: Statements

  func execute(_ statements: [Statement], in scope: Scope) throws -> Flow {
    for statement in statements {
      let flow = try execute(statement, in: scope)
      if flow != .onward { return flow }
    }
    return .onward
  }

  private func execute(_ statement: Statement, in scope: Scope) throws -> Flow {
    try work.charge(Work.step)
    switch statement {
    case .text(let text): try write(text)
    case .output(let expression):
      let value = try evaluate(expression, in: scope)
      do { try print(value) } catch { throw located(error, expression.position) }
    case .conditional(let branches, let otherwise):
      for branch in branches where try evaluate(branch.test, in: scope).isTrue {
        return try execute(branch.body, in: scope)
      }
      return try execute(otherwise, in: scope)
    case .loop(let loop): return try run(loop, in: scope)
    case .assignment(let target, let expression):
      try assign(try evaluate(expression, in: scope), to: target, in: scope)
    case .captured(let target, let filters, let body):
      let text = try capture(body, in: Scope(in: scope))
      try assign(try apply(filters, to: written(text), in: scope), to: target, in: scope)
    case .with(let bindings, let body): return try with(bindings, body, in: scope)
    case .macro(let definition):
      macroScopes.append(scope)
      scope.set(definition.name, .macro(MacroValue(definition, in: scope)))
    case .call(let definition, let expression): try call(definition, expression, in: scope)
    case .filtered(let filters, let body):
      let text = try capture(body, in: Scope(in: scope))
      try print(try apply(filters, to: written(text), in: scope))
    case .generation(let body): return try generation(body, in: scope)
    case .scope(let body): return try execute(body, in: Scope(in: scope))
    case .escaping(let condition, let body):
      let outer = escapes
      defer { escapes = outer }
      escapes = try evaluate(condition, in: scope).isTrue
      return try execute(body, in: Scope(in: scope))
    case .leaveLoop: return .leaveLoop
    case .nextTurn: return .nextTurn
    }
    return .onward
  }

  /// A text that the template wrote, which is marked safe where printing escapes.
  func written(_ text: String) -> Value { escapes ? .markup(text) : .string(text) }

  /// What `body` writes, kept from the output.
  func capture(_ body: [Statement], in scope: Scope) throws -> String {
    try captured { _ = try execute(body, in: scope) }
  }

  func captured(_ body: () throws -> Void) throws -> String {
    let outer = output
    output = ""
    captures += 1
    defer {
      output = outer
      captures -= 1
    }
    try body()
    return output
  }

  /// Marks what `body` writes; inside a macro the place in the output is not known, so there the
  /// mark is left out.
  private func generation(_ body: [Statement], in scope: Scope) throws -> Flow {
    let start = output.utf8.count
    let flow = try execute(body, in: Scope(in: scope))
    if captures == 0 { generated.append(start..<output.utf8.count) }
    return flow
  }

  private func with(
    _ bindings: [(target: Target, value: Expression)], _ body: [Statement], in scope: Scope
  ) throws -> Flow {
    let inner = Scope(in: scope)
    for binding in bindings {
      try assign(try evaluate(binding.value, in: scope), to: binding.target, in: inner)
    }
    return try execute(body, in: inner)
  }

  private func call(
    _ definition: MacroDefinition, _ expression: Expression, in scope: Scope
  ) throws {
    guard case .call(let callee, let arguments) = expression.kind else { return }
    macroScopes.append(scope)
    do {
      try checkStack()
      var values = try self.arguments(arguments, in: scope)
      values.keywords.append(("caller", .macro(MacroValue(definition, in: scope))))
      try print(try invoke(try evaluate(callee, in: scope), values))
    } catch { throw located(error, expression.position) }
  }

  // MARK: Assignment

  private func assign(_ value: Value, to target: Target, in scope: Scope) throws {
    switch target {
    case .name(let name): scope.set(name, value)
    case .attribute(let name, let attribute, let position):
      guard case .namespace(let namespace)? = scope[name] else {
        throw located(Fault("'\(name)' is not a namespace, so nothing in it can be set"), position)
      }
      do { try set(attribute, value, in: namespace) } catch { throw located(error, position) }
    case .tuple(let targets, let position):
      do {
        let values = try value.elements(within: work)
        guard values.count == targets.count else {
          throw Fault("\(values.count) values cannot be given to \(targets.count) names")
        }
        for (target, value) in zip(targets, values) { try assign(value, to: target, in: scope) }
      } catch { throw located(error, position) }
    }
  }

  func set(_ name: String, _ value: Value, in namespace: Namespace) throws {
    guard !name.hasPrefix("_") else {
      throw Fault("a namespace cannot hold '\(name)', as it begins with an underscore")
    }
    try work.charge(Work.element)
    namespace.set(name, value)
    if namespace.depth > limits.valueDepth { throw Fault("values nest too deeply") }
  }

  // MARK: Loops

  private func run(_ loop: Loop, in scope: Scope) throws -> Flow {
    let sequence = try evaluate(loop.sequence, in: scope)
    do { return try run(loop, over: sequence, depth: 1, in: scope) } catch {
      throw located(error, loop.sequence.position)
    }
  }

  @discardableResult
  func run(_ loop: Loop, over sequence: Value, depth: Int, in scope: Scope) throws -> Flow {
    try checkStack()
    var items = try sequence.elements(within: work)
    if let condition = loop.condition {
      items = try items.filter { item in
        try countTurn()
        let inner = Scope(in: scope)
        try assign(item, to: loop.target, in: inner)
        return try evaluate(condition, in: inner).isTrue
      }
    }
    let state = LoopState(
      items: items, depth: depth, recursion: loop.isRecursive ? (loop, scope) : nil)
    // As in Jinja, the else branch follows when no turn came to its end.
    var isDone = false
    for (index, item) in items.enumerated() {
      try countTurn()
      state.index = index
      let inner = Scope(["loop": .loop(state)], in: scope)
      try assign(item, to: loop.target, in: inner)
      let flow = try execute(loop.body, in: inner)
      if flow == .onward { isDone = true }
      if flow == .leaveLoop { break }
    }
    return isDone ? .onward : try execute(loop.otherwise, in: Scope(in: scope))
  }
}
