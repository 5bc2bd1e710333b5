/// The names that a template takes from outside: those it speaks of, without those it sets itself.
///
/// A name that is set anywhere in the template counts as set everywhere in it: this is to find names
/// that nobody gives, not to prove that all are there.
struct FreeNames {
  private var used: [(name: String, position: Position)] = []
  private var set: Set<String> = ["loop", "varargs", "kwargs", "caller", "self"]

  /// The names of `program` with the place where each stands first, in the order of the places.
  static func of(_ program: Program) -> [(name: String, position: Position)] {
    var names = FreeNames()
    names.add(program.body)
    var seen = names.set
    return names.used.filter { use in
      GlobalFunction(rawValue: use.name) == nil && seen.insert(use.name).inserted
    }
  }

  private mutating func add(_ statements: [Statement]) {
    for statement in statements { add(statement) }
  }

  private mutating func add(_ statement: Statement) {
    switch statement {
    case .text, .leaveLoop, .nextTurn: break
    case .output(let expression): add(expression)
    case .conditional(let branches, let otherwise):
      for (test, body) in branches {
        add(test)
        add(body)
      }
      add(otherwise)
    case .loop(let loop):
      add(loop.target)
      add([loop.sequence, loop.condition].compactMap { $0 })
      add(loop.body + loop.otherwise)
    case .assignment(let target, let value):
      add(target)
      add(value)
    case .captured(let target, let filters, let body):
      add(target)
      for filter in filters { add(filter.arguments) }
      add(body)
    case .with(let pairs, let body):
      for (target, value) in pairs {
        add(target)
        add(value)
      }
      add(body)
    case .macro(let macro): add(macro)
    case .call(let block, let call):
      add(block)
      add(call)
    case .filtered(let filters, let body):
      for filter in filters { add(filter.arguments) }
      add(body)
    case .generation(let body), .scope(let body): add(body)
    case .escaping(let isOn, let body):
      add(isOn)
      add(body)
    }
  }

  private mutating func add(_ macro: MacroDefinition) {
    set.insert(macro.name)
    set.formUnion(macro.parameters.map(\.name))
    add(macro.parameters.compactMap(\.standard))
    add(macro.body)
  }

  private mutating func add(_ target: Target) {
    switch target {
    case .name(let name): set.insert(name)
    case .attribute(let name, _, let position): used.append((name, position))
    case .tuple(let targets, _): for target in targets { add(target) }
    }
  }

  private mutating func add(_ expressions: [Expression]) {
    for expression in expressions { add(expression) }
  }

  private mutating func add(_ expression: Expression) {
    switch expression.kind {
    case .constant: break
    case .name(let name): used.append((name, expression.position))
    case .attribute(let base, _), .unary(_, let base), .not(let base): add(base)
    case .item(let a, let b), .binary(_, let a, let b), .and(let a, let b), .or(let a, let b):
      add([a, b])
    case .slice(let base, let start, let stop, let step):
      add([base, start, stop, step].compactMap { $0 })
    case .call(let callee, let arguments):
      add(callee)
      add(arguments)
    case .filter(let base, let application), .test(let base, let application, _):
      add(base)
      add(application.arguments)
    case .compare(let first, let rest): add([first] + rest.map(\.1))
    case .conditional(let test, let then, let otherwise):
      add([then, test, otherwise].compactMap { $0 })
    case .concatenation(let parts), .list(let parts), .tuple(let parts): add(parts)
    case .dictionary(let pairs): add(pairs.flatMap { [$0.key, $0.value] })
    }
  }

  private mutating func add(_ arguments: Arguments) {
    add(arguments.positional + arguments.keywords.map(\.value))
    add([arguments.unpacked, arguments.unpackedKeywords].compactMap { $0 })
  }
}
