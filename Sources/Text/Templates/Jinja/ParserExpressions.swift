extension Parser {
  /// How many operators of one kind may follow each other without parentheses.
  private static let longestChain = 1000

  /// Expressions separated by commas make a tuple; one alone is itself.
  mutating func tuple(
    allowingConditional: Bool = true, until end: String? = nil, inParentheses: Bool = false
  ) throws -> Expression {
    let position = current.position
    var items: [Expression] = []
    var isTuple = false
    while !isTupleEnd(end) {
      items.append(allowingConditional ? try expression() : try disjunction())
      guard skip(.symbol(",")) else { break }
      isTuple = true
    }
    if !isTuple, let only = items.first { return only }
    if items.isEmpty && !inParentheses {
      throw fault("expected an expression, found \(current.spelled)")
    }
    return Expression(kind: .tuple(items), position: position)
  }

  private func isTupleEnd(_ end: String?) -> Bool {
    switch current.kind {
    case .outputEnd, .blockEnd, .symbol(")"): true
    case .name(let name): name == end
    default: false
    }
  }

  mutating func expression() throws -> Expression {
    try checkDepth()
    let position = current.position
    var result = try disjunction()
    while skip(.name("if")) {
      let outer = isConditional
      isConditional = true
      defer { isConditional = outer }
      let test = try disjunction()
      let otherwise = skip(.name("else")) ? try expression() : nil
      result = Expression(
        kind: .conditional(test: test, then: result, otherwise: otherwise), position: position)
    }
    return result
  }

  mutating func disjunction() throws -> Expression {
    try chain(
      { $0.kind == .name("or") ? .some(()) : nil }, { try $0.conjunction() },
      joined: { .or($1, $2) })
  }

  private mutating func conjunction() throws -> Expression {
    try chain(
      { $0.kind == .name("and") ? .some(()) : nil }, { try $0.negation() },
      joined: { .and($1, $2) })
  }

  /// Operands of the same rank, joined from the left.
  private mutating func chain<Operator>(
    _ symbol: (TemplateToken) -> Operator?, _ operand: (inout Parser) throws -> Expression,
    joined join: (Operator, Expression, Expression) -> Expression.Kind
  ) throws -> Expression {
    var left = try operand(&self)
    var count = 0
    while let found = symbol(current) {
      let position = advance().position
      count += 1
      guard count < Self.longestChain else { throw fault("the expression is too long") }
      let right = try operand(&self)
      left = Expression(kind: join(found, left, right), position: position)
    }
    return left
  }

  private mutating func negation() throws -> Expression {
    try checkDepth()
    let position = current.position
    if skip(.name("not")) { return Expression(kind: .not(try negation()), position: position) }
    return try comparison()
  }

  private mutating func comparison() throws -> Expression {
    let first = try sum()
    let position = current.position
    var rest: [(Comparison, Expression)] = []
    while let comparison = comparisonOperator() {
      rest.append((comparison, try sum()))
    }
    return rest.isEmpty ? first : Expression(kind: .compare(first, rest), position: position)
  }

  private mutating func comparisonOperator() -> Comparison? {
    switch current.kind {
    case .symbol(let symbol):
      guard let comparison = Comparison(rawValue: symbol) else { return nil }
      advance()
      return comparison
    case .name("in"):
      advance()
      return .contained
    case .name("not") where next.kind == .name("in"):
      advance()
      advance()
      return .notContained
    default: return nil
    }
  }

  private static func binary(_ token: TemplateToken, _ allowed: [BinaryOperator]) -> BinaryOperator?
  {
    guard case .symbol(let symbol) = token.kind, let found = BinaryOperator(rawValue: symbol),
      allowed.contains(found)
    else { return nil }
    return found
  }

  private mutating func sum() throws -> Expression {
    try chain(
      { Self.binary($0, [.add, .subtract]) }, { try $0.concatenation() },
      joined: { .binary($0, $1, $2) })
  }

  private mutating func concatenation() throws -> Expression {
    let first = try product()
    let position = current.position
    var parts = [first]
    while skip(.symbol("~")) { parts.append(try product()) }
    return parts.count == 1
      ? first : Expression(kind: .concatenation(parts), position: position)
  }

  private mutating func product() throws -> Expression {
    try chain(
      { Self.binary($0, [.multiply, .divide, .floorDivide, .remainder]) }, { try $0.power() },
      joined: { .binary($0, $1, $2) })
  }

  private mutating func power() throws -> Expression {
    try chain(
      { Self.binary($0, [.power]) }, { try $0.unary() }, joined: { .binary($0, $1, $2) })
  }

  private mutating func unary(withFilters: Bool = true) throws -> Expression {
    try checkDepth()
    let position = current.position
    var result: Expression
    if skip(.symbol("-")) {
      result = Expression(
        kind: .unary(.minus, try unary(withFilters: false)), position: position)
    } else if skip(.symbol("+")) {
      result = Expression(kind: .unary(.plus, try unary(withFilters: false)), position: position)
    } else {
      result = try primary()
    }
    result = try postfix(result)
    return withFilters ? try filters(result) : result
  }

  private mutating func primary() throws -> Expression {
    let token = advance()
    let kind: Expression.Kind
    switch token.kind {
    case .name("true"), .name("True"): kind = .constant(.bool(true))
    case .name("false"), .name("False"): kind = .constant(.bool(false))
    case .name("none"), .name("None"): kind = .constant(.none)
    case .name(let name):
      if ["varargs", "kwargs", "caller"].contains(name) { mentioned.insert(name) }
      kind = .name(name)
    case .string(var text):
      while case .string(let more) = current.kind {
        text += more
        advance()
      }
      kind = .constant(.string(text))
    case .integer(let value): kind = .constant(.integer(value))
    case .float(let value): kind = .constant(.float(value))
    case .symbol("("):
      let inner = try tuple(inParentheses: true)
      try expect(.symbol(")"))
      return inner
    case .symbol("["): kind = .list(try elements(until: "]") { try $0.expression() })
    case .symbol("{"):
      kind = .dictionary(
        try elements(until: "}") {
          let key = try $0.expression()
          try $0.expect(.symbol(":"))
          return (key, try $0.expression())
        })
    default:
      throw fault("expected an expression, found \(token.spelled)", at: token.position)
    }
    return Expression(kind: kind, position: token.position)
  }

  private mutating func elements<Element>(
    until close: String, _ element: (inout Parser) throws -> Element
  ) throws -> [Element] {
    var elements: [Element] = []
    while current.kind != .symbol(close) {
      if !elements.isEmpty { try expect(.symbol(",")) }
      if current.kind == .symbol(close) { break }
      elements.append(try element(&self))
    }
    advance()
    return elements
  }

  // MARK: What follows a primary expression

  private mutating func postfix(_ base: Expression) throws -> Expression {
    var result = base
    var count = 0
    while true {
      count += 1
      guard count < Self.longestChain else { throw fault("the expression is too long") }
      let position = current.position
      switch current.kind {
      case .symbol("."):
        advance()
        if case .integer(let index) = current.kind {
          advance()
          let place = Expression(kind: .constant(.integer(index)), position: position)
          result = Expression(kind: .item(result, place), position: position)
        } else {
          result = Expression(kind: .attribute(result, try expectName()), position: position)
        }
      case .symbol("["):
        advance()
        result = try subscripted(result, position)
      case .symbol("("):
        result = Expression(kind: .call(result, try arguments()), position: position)
      default: return result
      }
    }
  }

  private mutating func subscripted(
    _ base: Expression, _ position: Position
  ) throws -> Expression {
    func isEnd() -> Bool { current.kind == .symbol("]") || current.kind == .symbol(":") }
    let start = isEnd() ? nil : try expression()
    if let start, current.kind != .symbol(":") {
      var items = [start]
      while skip(.symbol(",")) { items.append(try expression()) }
      try expect(.symbol("]"))
      let place = items.count == 1 ? start : Expression(kind: .tuple(items), position: position)
      return Expression(kind: .item(base, place), position: position)
    }
    try expect(.symbol(":"))
    let stop = isEnd() ? nil : try expression()
    let step = skip(.symbol(":")) && !isEnd() ? try expression() : nil
    try expect(.symbol("]"))
    return Expression(
      kind: .slice(base, start: start, stop: stop, step: step), position: position)
  }

  private mutating func arguments() throws -> Arguments {
    var arguments = Arguments()
    try expect(.symbol("("))
    var isFirst = true
    while current.kind != .symbol(")") {
      if !isFirst { try expect(.symbol(",")) }
      if current.kind == .symbol(")") { break }
      isFirst = false
      if skip(.symbol("*")) {
        arguments.unpacked = try expression()
      } else if skip(.symbol("**")) {
        arguments.unpackedKeywords = try expression()
      } else if case .name(let name) = current.kind, next.kind == .symbol("=") {
        advance()
        advance()
        arguments.keywords.append((name, try expression()))
      } else if arguments.keywords.isEmpty && arguments.unpacked == nil {
        arguments.positional.append(try expression())
      } else {
        throw fault("a positional argument cannot follow a keyword argument")
      }
    }
    advance()
    return arguments
  }

  // MARK: Filters and tests

  private mutating func filters(_ base: Expression) throws -> Expression {
    var result = base
    var count = 0
    while true {
      count += 1
      guard count < Self.longestChain else { throw fault("the expression is too long") }
      let position = current.position
      switch current.kind {
      case .symbol("|"):
        advance()
        result = Expression(kind: .filter(result, try filter()), position: position)
      case .name("is"):
        advance()
        result = try test(result, position)
      case .symbol("("):
        result = Expression(kind: .call(result, try arguments()), position: position)
      default: return result
      }
    }
  }

  /// The filters of a block: `trim | upper`, with or without a bar before the first.
  mutating func filterChain() throws -> [Application] {
    _ = skip(.symbol("|"))
    var filters = [try filter()]
    while skip(.symbol("|")) { filters.append(try filter()) }
    return filters
  }

  private mutating func filter() throws -> Application {
    let position = current.position
    let name = try dottedName()
    if dialect.filter(name) == nil, !isConditional {
      throw fault("there is no filter named '\(name)'", at: position)
    }
    let arguments = current.kind == .symbol("(") ? try arguments() : Arguments.none
    return Application(name: name, arguments: arguments, position: position)
  }

  private mutating func dottedName() throws -> String {
    var name = try expectName()
    while skip(.symbol(".")) { name += "." + (try expectName()) }
    return name
  }

  private mutating func test(_ base: Expression, _ position: Position) throws -> Expression {
    let negated = skip(.name("not"))
    let place = current.position
    let name = try dottedName()
    if Tests.table[name] == nil, !isConditional {
      throw fault("there is no test named '\(name)'", at: place)
    }
    var arguments = Arguments.none
    if current.kind == .symbol("(") {
      arguments = try self.arguments()
    } else if beginsOperand {
      if current.kind == .name("is") { throw fault("tests cannot be chained with 'is'") }
      arguments.positional = [try postfix(try primary())]
    }
    let application = Application(name: name, arguments: arguments, position: place)
    return Expression(kind: .test(base, application, negated: negated), position: position)
  }

  private var beginsOperand: Bool {
    switch current.kind {
    case .name(let name): !["else", "or", "and"].contains(name)
    case .string, .integer, .float, .symbol("["), .symbol("{"): true
    default: false
    }
  }
}
