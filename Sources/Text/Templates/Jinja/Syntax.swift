/// An expression and where it begins.
struct Expression: Sendable {
  let kind: Kind
  let position: Position

  indirect enum Kind: Sendable {
    case constant(Constant)
    case name(String)
    case attribute(Expression, String)
    case item(Expression, Expression)
    case slice(Expression, start: Expression?, stop: Expression?, step: Expression?)
    case call(Expression, Arguments)
    case filter(Expression, Application)
    case test(Expression, Application, negated: Bool)
    case unary(UnaryOperator, Expression)
    case binary(BinaryOperator, Expression, Expression)
    case compare(Expression, [(Comparison, Expression)])
    case and(Expression, Expression)
    case or(Expression, Expression)
    case not(Expression)
    case conditional(test: Expression, then: Expression, otherwise: Expression?)
    case concatenation([Expression])
    case list([Expression])
    case tuple([Expression])
    case dictionary([(key: Expression, value: Expression)])
  }
}

/// A value that is written in the template.
enum Constant: Sendable {
  case none
  case bool(Bool)
  case integer(Int)
  case float(Double)
  case string(String)
}

enum UnaryOperator: Sendable { case minus, plus }

enum BinaryOperator: String, Sendable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case floorDivide = "//"
  case remainder = "%"
  case power = "**"
}

enum Comparison: String, Sendable {
  case equal = "=="
  case unequal = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case contained = "in"
  case notContained = "not in"
}

/// What is passed in a call.
struct Arguments: Sendable {
  var positional: [Expression] = []
  var keywords: [(name: String, value: Expression)] = []
  var unpacked: Expression?
  var unpackedKeywords: Expression?

  static let none = Arguments()
}

/// A filter or test by name, with its arguments.
struct Application: Sendable {
  let name: String
  let arguments: Arguments
  let position: Position
}

/// What can be assigned to.
indirect enum Target: Sendable {
  case name(String)
  case attribute(String, String, Position)
  case tuple([Target], Position)
}

/// A statement of a template.
indirect enum Statement: Sendable {
  case text(String)
  case output(Expression)
  case conditional([(test: Expression, body: [Statement])], otherwise: [Statement])
  case loop(Loop)
  case assignment(Target, Expression)
  case captured(Target, filters: [Application], body: [Statement])
  case with([(target: Target, value: Expression)], body: [Statement])
  case macro(MacroDefinition)
  case call(MacroDefinition, Expression)
  case filtered([Application], body: [Statement])
  case generation([Statement])
  case scope([Statement])
  case escaping(Expression, body: [Statement])
  case leaveLoop
  case nextTurn
}

/// A `for` statement.
struct Loop: Sendable {
  let target: Target
  let sequence: Expression
  let condition: Expression?
  let isRecursive: Bool
  let body: [Statement]
  let otherwise: [Statement]
}

/// A macro, or the block of a `call` statement.
struct MacroDefinition: Sendable {
  struct Parameter: Sendable {
    let name: String
    let standard: Expression?
  }
  let name: String
  let parameters: [Parameter]
  let body: [Statement]
  /// Which of `varargs`, `kwargs` and `caller` the body speaks of, and so accepts.
  let acceptsRest: Bool
  let acceptsKeywords: Bool
  let acceptsCaller: Bool
}
