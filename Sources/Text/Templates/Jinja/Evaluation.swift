internal import OrderedCollections

extension Renderer {
  /// The value of `expression`; errors carry the place of the innermost expression at fault.
  func evaluate(_ expression: Expression, in scope: Scope) throws -> Value {
    do {
      try work.charge(Work.step)
      return try value(of: expression.kind, in: scope)
    } catch let fault as Fault {
      throw fault.located(expression.position, in: program.name)
    }
  }

  private func value(of kind: Expression.Kind, in scope: Scope) throws -> Value {
    switch kind {
    case .constant(let constant): return Self.value(of: constant)
    case .name(let name): return lookUp(name, in: scope)
    case .attribute(let base, let name):
      return try attribute(name, of: try evaluate(base, in: scope))
    case .item(let base, let key):
      return try item(try evaluate(key, in: scope), of: try evaluate(base, in: scope))
    case .and(let a, let b):
      let left = try evaluate(a, in: scope)
      return left.isTrue ? try evaluate(b, in: scope) : left
    case .or(let a, let b):
      let left = try evaluate(a, in: scope)
      return left.isTrue ? left : try evaluate(b, in: scope)
    case .not(let operand): return .bool(!(try evaluate(operand, in: scope).isTrue))
    case .compare(let first, let rest): return try compare(first, rest, in: scope)
    case .conditional(let test, let then, let otherwise):
      if try evaluate(test, in: scope).isTrue { return try evaluate(then, in: scope) }
      guard let otherwise else {
        return .undefined("the inline if has no else and its condition is false")
      }
      return try evaluate(otherwise, in: scope)
    default: return try composite(kind, in: scope)
    }
  }

  /// The kinds that make new values, whose size is checked.
  private func composite(_ kind: Expression.Kind, in scope: Scope) throws -> Value {
    try checkStack()
    let result: Value
    switch kind {
    case .slice(let base, let start, let stop, let step):
      let bounds = try [start, stop, step].map { try $0.map { try evaluate($0, in: scope) } }
      result = try evaluate(base, in: scope).slice(bounds[0], bounds[1], bounds[2], within: work)
    case .call(let callee, let arguments):
      let function = try evaluate(callee, in: scope)
      result = try invoke(function, try self.arguments(arguments, in: scope))
    case .filter(let base, let application):
      result = try apply(application, to: try evaluate(base, in: scope), in: scope)
    case .test(let base, let application, let negated):
      let value = try evaluate(base, in: scope)
      let arguments = try self.arguments(application.arguments, in: scope)
      let passed = try test(application.name, value, arguments)
      return .bool(passed != negated)
    case .unary(let operation, let operand):
      return try Arithmetic.apply(operation, to: try evaluate(operand, in: scope))
    case .binary(let operation, let a, let b):
      result = try Arithmetic.apply(
        operation, try evaluate(a, in: scope), try evaluate(b, in: scope), within: work)
    case .concatenation(let parts):
      result = try concatenated(try parts.map { try evaluate($0, in: scope) })
    case .list(let items):
      try work.makeList(items.count)
      result = .list(try items.map { try evaluate($0, in: scope) })
    case .tuple(let items):
      try work.makeList(items.count)
      result = .tuple(try items.map { try evaluate($0, in: scope) })
    case .dictionary(let pairs):
      result = try table(
        pairs.map { (try evaluate($0.key, in: scope), try evaluate($0.value, in: scope)) })
    default: return .none
    }
    return try bounded(result)
  }

  /// The texts of `parts` as one; where printing escapes, a marked part has the others escaped.
  private func concatenated(_ parts: [Value]) throws -> Value {
    let isMarked = escapes && parts.contains(where: \.isMarkup)
    var writer = TextWriter(work)
    for part in parts {
      let text = try part.printed(work)
      try writer.write(isMarked && !part.isMarkup ? PythonText.escapedHTML(text) : text)
    }
    return isMarked ? .markup(writer.text) : .string(writer.text)
  }

  func bounded(_ value: Value) throws -> Value {
    switch value {
    case .string(let text), .markup(let text):
      if text.utf8.count > limits.textBytes {
        throw Fault("a text has more than \(limits.textBytes) bytes")
      }
    case .list(let list):
      if list.items.count > limits.elements {
        throw Fault("a list has more than \(limits.elements) elements")
      }
      if list.depth > limits.valueDepth { throw Fault("values nest too deeply") }
    case .dictionary(let table):
      if table.depth > limits.valueDepth { throw Fault("values nest too deeply") }
    case .generator(let generator):
      if generator.depth > limits.valueDepth { throw Fault("values nest too deeply") }
    default: break
    }
    return value
  }

  func table(_ pairs: [(Value, Value)]) throws -> Value {
    try work.makeList(pairs.count)
    var members = OrderedDictionary<Value, Value>(minimumCapacity: pairs.count)
    for (key, value) in pairs {
      try key.requireHashable(within: work)
      members[key] = value
    }
    return .dictionary(Table(members))
  }

  private static func value(of constant: Constant) -> Value {
    switch constant {
    case .none: .none
    case .bool(let value): .bool(value)
    case .integer(let value): .integer(value)
    case .float(let value): .float(value)
    case .string(let text): .string(text)
    }
  }

  private func lookUp(_ name: String, in scope: Scope) -> Value {
    scope[name] ?? GlobalFunction(rawValue: name).map(Value.function)
      ?? .undefined("'\(name)' is undefined")
  }

  private func compare(
    _ first: Expression, _ rest: [(Comparison, Expression)], in scope: Scope
  ) throws -> Value {
    var left = try evaluate(first, in: scope)
    for (comparison, expression) in rest {
      let right = try evaluate(expression, in: scope)
      guard try holds(comparison, left, right) else { return .bool(false) }
      left = right
    }
    return .bool(true)
  }

  func holds(_ comparison: Comparison, _ a: Value, _ b: Value) throws -> Bool {
    func isLess(_ a: Value, _ b: Value) throws -> Bool { try Value.isLess(a, b, within: work) }
    func isEqual() throws -> Bool { try a.equals(b, within: work) }
    return switch comparison {
    case .equal: try isEqual()
    case .unequal: try !isEqual()
    case .less: try isLess(a, b)
    case .greater: try isLess(b, a)
    case .lessOrEqual: try isLess(a, b) || isEqual()
    case .greaterOrEqual: try isLess(b, a) || isEqual()
    case .contained: try b.contains(a, within: work)
    case .notContained: try !b.contains(a, within: work)
    }
  }

  // MARK: Filters and tests

  func apply(_ filters: [Application], to value: Value, in scope: Scope) throws -> Value {
    try filters.reduce(value) { value, application in
      do { return try apply(application, to: value, in: scope) } catch {
        throw located(error, application.position)
      }
    }
  }

  private func apply(
    _ application: Application, to value: Value, in scope: Scope
  ) throws -> Value {
    let arguments = try self.arguments(application.arguments, in: scope)
    return try bounded(try filter(application.name, value, arguments))
  }

  func filter(_ name: String, _ value: Value, _ arguments: CallArguments) throws -> Value {
    guard let filter = program.dialect.filter(name) else {
      throw Fault("there is no filter named '\(name)'")
    }
    try countTurn()
    if !Filters.untouching.contains(name), let text = value.text { try work.scan(text) }
    return try filter(value, arguments, self)
  }

  func test(_ name: String, _ value: Value, _ arguments: CallArguments) throws -> Bool {
    guard let test = Tests.table[name] else { throw Fault("there is no test named '\(name)'") }
    try work.charge(Work.element)
    return try test(value, arguments, self)
  }
}
