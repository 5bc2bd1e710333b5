internal import AnnealText

/// Conversations that templates are told apart by.
enum ProbeConversations {
  /// With and without a system message, of one turn and of several, with answers open and closed, and
  /// with texts that templates are tempted to change.
  static let all: [Conversation] = texts.flatMap { first, second in
    [
      Conversation([.user(first)]),
      Conversation([.system(second), .user(first)]),
      Conversation([.user(first), .assistant(second), .user(first)]),
      Conversation([.system(first), .user(second), .assistant(first), .user(second)]),
      Conversation([
        .user(first), .assistant(second), .user(second), .assistant(first), .user(first),
      ]),
    ]
  }

  private static let texts = [
    ("What is the capital of France?", "Paris."),
    (" spaces around ", "\nlines\n\naround\n"),
    ("{{ .Prompt }} {% if x %}", #"quotes "a" 'b' \n \\ <b>&amp;</b>"#),
    ("Grüße, 世界 🙂", "1. one\n2. two"),
    ("", "empty before"),
  ]
}
