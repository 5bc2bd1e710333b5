internal import OrderedCollections

extension Renderer {
  func arguments(_ arguments: Arguments, in scope: Scope) throws -> CallArguments {
    var values = CallArguments()
    values.positional = try arguments.positional.map { try evaluate($0, in: scope) }
    values.keywords = try arguments.keywords.map { ($0.name, try evaluate($0.value, in: scope)) }
    if let unpacked = arguments.unpacked {
      values.positional += try evaluate(unpacked, in: scope).elements(within: work)
    }
    if let unpacked = arguments.unpackedKeywords {
      guard case .dictionary(let table) = try evaluate(unpacked, in: scope) else {
        throw Fault("'**' needs a dict")
      }
      for (key, value) in table.members {
        guard let name = key.text else { throw Fault("the keys after '**' must be strings") }
        values.keywords.append((name, value))
      }
    }
    return values
  }

  /// The result of calling `callee`.
  func invoke(_ callee: Value, _ arguments: CallArguments) throws -> Value {
    try countTurn()
    switch callee {
    case .macro(let macro): return written(try invoke(macro, arguments))
    case .function(let function): return try invoke(function, arguments)
    case .method(let method): return try invoke(method, arguments)
    case .loop(let state): return try recurse(state, arguments)
    case .joiner(let joiner):
      _ = try arguments.bound(to: "joiner")
      return joiner.next()
    case .undefined(let what): throw Fault(what)
    default: throw Fault("a value of type \(callee.typeName) cannot be called")
    }
  }

  // MARK: Macros

  private func invoke(_ macro: MacroValue, _ arguments: CallArguments) throws -> String {
    try checkStack()
    let definition = macro.definition
    let scope = Scope(in: macro.scope)
    var keywords = arguments.keywords
    func take(_ name: String) -> Value? {
      guard let index = keywords.firstIndex(where: { $0.name == name }) else { return nil }
      return keywords.remove(at: index).value
    }
    for (index, parameter) in definition.parameters.enumerated() {
      if index < arguments.positional.count {
        if take(parameter.name) != nil {
          throw Fault("\(definition.name) is given '\(parameter.name)' twice")
        }
        scope.set(parameter.name, arguments.positional[index])
      } else if let value = take(parameter.name) {
        scope.set(parameter.name, value)
      } else if let standard = parameter.standard {
        scope.set(parameter.name, try evaluate(standard, in: scope))
      } else {
        scope.set(parameter.name, .undefined("the argument '\(parameter.name)' was not given"))
      }
    }
    if definition.acceptsCaller {
      scope.set("caller", take("caller") ?? .undefined("no caller is defined"))
    }
    try bindRest(definition, arguments.positional, keywords, in: scope)
    return try capture(definition.body, in: scope)
  }

  private func bindRest(
    _ definition: MacroDefinition, _ positional: [Value],
    _ keywords: [(name: String, value: Value)], in scope: Scope
  ) throws {
    if definition.acceptsKeywords {
      scope.set("kwargs", try table(keywords.map { (.string($0.name), $0.value) }))
    } else if let first = keywords.first {
      throw Fault("\(definition.name) has no argument '\(first.name)'")
    }
    let rest = Array(positional.dropFirst(definition.parameters.count))
    if definition.acceptsRest {
      scope.set("varargs", .tuple(rest))
    } else if !rest.isEmpty {
      throw Fault(
        "\(definition.name) takes at most \(definition.parameters.count) arguments, not "
          + "\(positional.count)")
    }
  }

  private func recurse(_ state: LoopState, _ arguments: CallArguments) throws -> Value {
    guard let (loop, scope) = state.recursion else {
      throw Fault("only a loop marked 'recursive' can be called")
    }
    let values = try arguments.bound("iterable", required: 1, to: "loop")
    let sequence = values[0] ?? .none
    return written(
      try captured { try run(loop, over: sequence, depth: state.depth + 1, in: scope) })
  }

  // MARK: Functions

  private func invoke(_ function: GlobalFunction, _ arguments: CallArguments) throws -> Value {
    switch function {
    case .range: return try range(arguments)
    case .dict: return try dictionary(arguments)
    case .namespace:
      let namespace = Namespace()
      guard case .dictionary(let table) = try dictionary(arguments) else { return .none }
      for (key, value) in table.members { try set(key.printed(work), value, in: namespace) }
      track(namespace)
      return .namespace(namespace)
    case .raiseException:
      let values = try arguments.bound("message", required: 1, to: function.rawValue)
      throw Fault(try values[0]?.printed(work) ?? "", raisedByTemplate: true)
    case .timeNow:
      let values = try arguments.bound("format", required: 1, to: function.rawValue)
      guard let format = values[0]?.text else { throw Fault("strftime_now needs a string") }
      return .string(try clock.now().formatted(format))
    case .joiner:
      return .joiner(
        Joiner(try arguments.bound("sep", to: function.rawValue)[0] ?? .string(", ")))
    case .cycler:
      guard arguments.keywords.isEmpty, !arguments.positional.isEmpty else {
        throw Fault("cycler needs values")
      }
      return .cycler(Cycler(List(arguments.positional, .tuple)))
    case .lipsum: throw Fault("lipsum makes text at random, which a chat template must not")
    }
  }

  private func dictionary(_ arguments: CallArguments) throws -> Value {
    var pairs: [(Value, Value)] = []
    switch arguments.positional.first {
    case .dictionary(let table): pairs = table.members.map { ($0.key, $0.value) }
    case let first?:
      for pair in try first.elements(within: work) {
        let parts = try pair.elements(within: work)
        guard parts.count == 2 else { throw Fault("dict needs pairs") }
        pairs.append((parts[0], parts[1]))
      }
    case nil: break
    }
    guard arguments.positional.count <= 1 else { throw Fault("dict takes at most one argument") }
    return try table(pairs + arguments.keywords.map { (.string($0.name), $0.value) })
  }

  private func range(_ arguments: CallArguments) throws -> Value {
    guard arguments.keywords.isEmpty, (1...3).contains(arguments.positional.count) else {
      throw Fault("range takes one to three numbers")
    }
    let numbers = try arguments.positional.map {
      guard let whole = $0.whole else { throw Fault("range needs whole numbers") }
      return whole
    }
    let start = numbers.count > 1 ? numbers[0] : 0
    let stop = numbers.count > 1 ? numbers[1] : numbers[0]
    let step = numbers.count > 2 ? numbers[2] : 1
    guard step != 0 else { throw Fault("range needs a step other than zero") }
    let (span, overflow) = stop.subtractingReportingOverflow(start)
    // The sandbox of the reference refuses ranges of more than this.
    guard !overflow, span.magnitude / step.magnitude <= 100_000 else {
      throw Fault("range would have more than 100000 elements")
    }
    let isEmpty = span == 0 || (span < 0) != (step < 0)
    let count = isEmpty ? 0 : Int((span.magnitude - 1) / step.magnitude) + 1
    try work.makeList(count)
    return .list(
      List(
        (0..<count).map { .integer(start + $0 * step) }, .range,
        bounds: .init(start: start, stop: stop, step: step)))
  }
}
