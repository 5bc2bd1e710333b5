internal import AnnealFiles

/// A parsed template.
struct Program: Sendable {
  let name: String
  let body: [Statement]
  /// Whether the template marks what the assistant says with `generation`.
  let marksGeneration: Bool
  let dialect: Dialect

  init(source: String, name: String, dialect: Dialect = .chat) throws {
    var lexer = Lexer(source: source, name: name, dialect: dialect)
    var parser = Parser(tokens: try lexer.run(), name: name, dialect: dialect)
    (body, marksGeneration) = try parser.program()
    self.name = name
    self.dialect = dialect
  }
}

/// Jinja's grammar by recursive descent; expressions are in an extension of their own.
struct Parser {
  private let tokens: [TemplateToken]
  private let name: String
  let dialect: Dialect
  private var index = 0
  private let stack = StackGuard()
  private var marksGeneration = false
  /// Where an unknown filter or test is found only when it is reached, as in Jinja.
  var isConditional = false
  /// How many `for` statements are around, which own the name `loop`.
  private var loops = 0
  private var blocks: Set<String> = []
  /// Names that give a macro more arguments when its body speaks of them.
  var mentioned: Set<String> = []

  init(tokens: [TemplateToken], name: String, dialect: Dialect) {
    self.tokens = tokens
    self.name = name
    self.dialect = dialect
  }

  mutating func program() throws -> (body: [Statement], marksGeneration: Bool) {
    let body = try statements(until: [])
    return (body, marksGeneration)
  }

  // MARK: Tokens

  var current: TemplateToken { tokens[index] }
  var next: TemplateToken { tokens[min(index + 1, tokens.count - 1)] }

  @discardableResult
  mutating func advance() -> TemplateToken {
    defer { index = min(index + 1, tokens.count - 1) }
    return tokens[index]
  }

  mutating func skip(_ kind: TemplateToken.Kind) -> Bool {
    guard current.kind == kind else { return false }
    advance()
    return true
  }

  mutating func expect(_ kind: TemplateToken.Kind) throws {
    guard !skip(kind) else { return }
    let wanted = TemplateToken(kind: kind, position: current.position).spelled
    throw fault("expected \(wanted), found \(current.spelled)")
  }

  mutating func expectName() throws -> String {
    guard case .name(let name) = current.kind else {
      throw fault("expected a name, found \(current.spelled)")
    }
    advance()
    return name
  }

  func fault(_ message: String, at position: Position? = nil) -> AnnealError {
    Fault(message).located(position ?? current.position, in: name)
  }

  func checkDepth() throws {
    do { try stack.check("the template") } catch let fault as Fault {
      throw self.fault(fault.message)
    }
  }

  // MARK: Statements

  /// Statements up to a tag named in `ends`, whose name is left as the current token.
  private mutating func statements(until ends: Set<String>) throws -> [Statement] {
    try checkDepth()
    var body: [Statement] = []
    while true {
      let token = advance()
      switch token.kind {
      case .data(let text): body.append(.text(text))
      case .outputBegin:
        body.append(.output(try tuple()))
        try expect(.outputEnd)
      case .blockBegin:
        if case .name(let name) = current.kind, ends.contains(name) { return body }
        try body.append(contentsOf: statement(expected: ends))
      default:
        guard ends.isEmpty else {
          let wanted = ends.sorted().map { "'\($0)'" }.joined(separator: " or ")
          throw fault("the template ends where \(wanted) should come", at: token.position)
        }
        return body
      }
    }
  }

  /// A body up to its end tag, which is consumed.
  private mutating func body(until end: String) throws -> [Statement] {
    try expect(.blockEnd)
    let body = try statements(until: [end])
    advance()
    return body
  }

  /// A body in a scope of its own, where unknown filters are found at once.
  private mutating func scopedBody(until end: String) throws -> [Statement] {
    let outer = isConditional
    isConditional = false
    defer { isConditional = outer }
    return try body(until: end)
  }

  private mutating func statement(expected ends: Set<String>) throws -> [Statement] {
    let position = current.position
    guard case .name(let keyword) = current.kind else {
      throw fault("expected a statement, found \(current.spelled)")
    }
    advance()
    let statement: Statement
    switch keyword {
    case "if": statement = try conditional()
    case "for": statement = try loop()
    case "set": statement = try assignment()
    case "with": statement = try with()
    case "macro": statement = try macro()
    case "call": statement = try call()
    case "filter":
      let filters = try filterChain()
      statement = .filtered(filters, body: try scopedBody(until: "endfilter"))
    case "generation":
      marksGeneration = true
      statement = .generation(try scopedBody(until: "endgeneration"))
    case "block":
      statement = .scope(try block())
      if case .name = current.kind { advance() }
    case "autoescape":
      let condition = try expression()
      statement = .escaping(condition, body: try scopedBody(until: "endautoescape"))
    case "break": statement = .leaveLoop
    case "continue": statement = .nextTurn
    case "print":
      statement = .output(try tuple())
    case "include", "import", "from", "extends":
      throw fault("'\(keyword)' needs another template, and a chat template is alone", at: position)
    default:
      let wanted = ends.isEmpty ? "" : ", expected \(ends.sorted().joined(separator: " or "))"
      throw fault("unknown tag '\(keyword)'\(wanted)", at: position)
    }
    try expect(.blockEnd)
    return [statement]
  }

  private mutating func block() throws -> [Statement] {
    let position = current.position
    let name = try expectName()
    guard blocks.insert(name).inserted else {
      throw fault("the block '\(name)' is defined twice", at: position)
    }
    _ = skip(.name("scoped"))
    if current.kind == .name("required") {
      throw fault("a required block needs a template that fills it, and a chat template is alone")
    }
    return try scopedBody(until: "endblock")
  }

  private mutating func conditional() throws -> Statement {
    let outer = isConditional
    defer { isConditional = outer }
    var branches: [(test: Expression, body: [Statement])] = []
    while true {
      isConditional = true
      let test = try tuple(allowingConditional: false)
      try expect(.blockEnd)
      branches.append((test, try statements(until: ["elif", "else", "endif"])))
      switch advance().kind {
      case .name("elif"): continue
      case .name("else"):
        return .conditional(branches, otherwise: try body(until: "endif"))
      default: return .conditional(branches, otherwise: [])
      }
    }
  }

  private mutating func loop() throws -> Statement {
    loops += 1
    defer { loops -= 1 }
    let target = try target(until: "in")
    try expect(.name("in"))
    let sequence = try tuple(allowingConditional: false, until: "recursive")
    let outer = isConditional
    isConditional = false
    defer { isConditional = outer }
    let condition = skip(.name("if")) ? try expression() : nil
    let isRecursive = skip(.name("recursive"))
    try expect(.blockEnd)
    let turn = try statements(until: ["endfor", "else"])
    let hasElse = advance().kind == .name("else")
    let otherwise = hasElse ? try body(until: "endfor") : []
    return .loop(
      Loop(
        target: target, sequence: sequence, condition: condition, isRecursive: isRecursive,
        body: turn, otherwise: otherwise))
  }

  private mutating func assignment() throws -> Statement {
    let target = try target(until: nil)
    if skip(.symbol("=")) { return .assignment(target, try tuple()) }
    let filters = current.kind == .symbol("|") ? try filterChain() : []
    return .captured(target, filters: filters, body: try scopedBody(until: "endset"))
  }

  private mutating func with() throws -> Statement {
    var bindings: [(target: Target, value: Expression)] = []
    while current.kind != .blockEnd {
      if !bindings.isEmpty { try expect(.symbol(",")) }
      let target = try simpleTarget()
      try expect(.symbol("="))
      bindings.append((target, try expression()))
    }
    return .with(bindings, body: try scopedBody(until: "endwith"))
  }

  private mutating func macro() throws -> Statement {
    let name = try expectName()
    return .macro(try definition(name, parameters: try signature(), end: "endmacro"))
  }

  private mutating func call() throws -> Statement {
    let parameters = current.kind == .symbol("(") ? try signature() : []
    let expression = try expression()
    guard case .call = expression.kind else {
      throw fault("a call block needs a call", at: expression.position)
    }
    return .call(try definition("caller", parameters: parameters, end: "endcall"), expression)
  }

  private mutating func definition(
    _ name: String, parameters: [MacroDefinition.Parameter], end: String
  ) throws -> MacroDefinition {
    let outer = mentioned
    mentioned = []
    let body = try scopedBody(until: end)
    var found = mentioned
    mentioned = outer.union(found)
    for parameter in parameters {
      if parameter.name == "caller", found.contains("caller"), parameter.standard == nil {
        throw fault("the argument 'caller' of '\(name)' needs a default")
      }
      found.remove(parameter.name)
    }
    return MacroDefinition(
      name: name, parameters: parameters, body: body, acceptsRest: found.contains("varargs"),
      acceptsKeywords: found.contains("kwargs"), acceptsCaller: found.contains("caller"))
  }

  private mutating func signature() throws -> [MacroDefinition.Parameter] {
    var parameters: [MacroDefinition.Parameter] = []
    try expect(.symbol("("))
    while current.kind != .symbol(")") {
      if !parameters.isEmpty { try expect(.symbol(",")) }
      let position = current.position
      let name = try expectName()
      let standard = skip(.symbol("=")) ? try expression() : nil
      if standard == nil, parameters.last?.standard != nil {
        throw fault("'\(name)' needs a default, as the parameter before it has one", at: position)
      }
      parameters.append(.init(name: name, standard: standard))
    }
    advance()
    return parameters
  }

  // MARK: Targets

  private mutating func target(until end: String?) throws -> Target {
    let position = current.position
    var targets: [Target] = []
    var isTuple = false
    while true {
      if case .name(let name) = current.kind, name == end, !targets.isEmpty { break }
      if current.kind == .symbol("=") || current.kind == .blockEnd, !targets.isEmpty { break }
      targets.append(try simpleTarget())
      guard skip(.symbol(",")) else { break }
      isTuple = true
    }
    return isTuple ? .tuple(targets, position) : targets[0]
  }

  private mutating func simpleTarget() throws -> Target {
    try checkDepth()
    let position = current.position
    if skip(.symbol("(")) {
      var targets: [Target] = []
      while current.kind != .symbol(")") {
        targets.append(try simpleTarget())
        guard skip(.symbol(",")) else { break }
      }
      try expect(.symbol(")"))
      return .tuple(targets, position)
    }
    let name = try expectName()
    if ["true", "True", "false", "False", "none", "None"].contains(name) {
      throw fault("'\(name)' cannot be assigned to", at: position)
    }
    if skip(.symbol(".")) { return .attribute(name, try expectName(), position) }
    if name == "loop", loops > 0 {
      throw fault("'loop' cannot be assigned to inside of a loop", at: position)
    }
    return .name(name)
  }
}
