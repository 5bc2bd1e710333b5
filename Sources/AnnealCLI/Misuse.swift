import AnnealFiles
import ArgumentParser

/// What is wrong with a command line that the parser refused, where the parser blames something else:
/// an option that there is not, a value or a text that begins with `-`.
struct Misuse {
  /// The words before `--`.
  private let words: ArraySlice<String>
  /// The verb, such as `anneal tokenizer encode`.
  private var verb = "anneal"
  /// Its options with their dashes, and whether each takes a value.
  private var options: [String: Bool] = ["--help": false, "-h": false, "--version": false]

  init(_ arguments: [String]) {
    var rest = arguments[...]
    var command = (try? JSON(parsing: AnnealCommand._dumpHelp()))?["command"]
    while let word = rest.first,
      let next = command?["subcommands"]?.array?.first(where: { $0["commandName"]?.string == word })
    {
      command = next
      verb += " " + word
      rest = rest.dropFirst()
    }
    words = rest.prefix { $0 != "--" }
    for argument in command?["arguments"]?.array ?? [] {
      let takesValue = argument["kind"]?.string == "option"
      for name in argument["names"]?.array ?? [] {
        guard let text = name["name"]?.string else { continue }
        options[(name["kind"]?.string == "long" ? "--" : "-") + text] = takesValue
      }
    }
  }

  /// A better message than the parser's `text`; nil when that one says it well.
  func explanation(of text: String) -> String? {
    guard verb != "anneal" else { return nil }
    var before = ""
    for word in words {
      defer { before = word }
      guard word.hasPrefix("-"), word != "-" else { continue }
      let isValue = options[before] == true
      let name = String(word.prefix { $0 != "=" })
      if isValue, options[name] == nil {
        guard text.contains("Missing value for '\(before)") else { continue }
        return error(
          "\(before) is followed by '\(word)', which begins with '-'; "
            + "to mean it as the value, write \(before)=\(word)")
      }
      if word.hasPrefix("--") {
        guard options[name] == nil else { continue }
        let known = options.keys.filter { $0.hasPrefix("--") }.sorted()
        let guess = nearest(to: name, among: known).map { " Did you mean '\($0)'?" } ?? ""
        return error("Unknown option '\(name)'.\(guess)")
      }
      if word.dropFirst().first?.isNumber == true, options[name] == nil {
        return error(
          "'\(word)' begins with '-', so it is read as an option, and \(verb) has none "
            + "such; to mean it as a text or a number, put it behind '--': \(verb) … -- \(word)")
      }
    }
    return nil
  }

  private func error(_ message: String) -> String {
    "error: \(message)\n  See '\(verb) --help' for more information."
  }
}
