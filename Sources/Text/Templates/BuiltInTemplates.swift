extension ChatTemplate {
  /// ChatML: each message between `<|im_start|>` with its role, and `<|im_end|>`.
  ///
  /// Tools and calls of them are written as the Hermes models of Nous Research have them: the tools
  /// as JSON between `<tools>` and `</tools>` at the end of the system message, each call as JSON
  /// between `<tool_call>` and `</tool_call>` in the assistant's.
  public static let chatML = chatML(endOfTurn: "<|im_end|>")

  /// ChatML whose turns end with `token`, for a base model whose vocabulary lacks `<|im_end|>`.
  ///
  /// The token is part of the template, so that whoever reads the saved file ends turns alike.
  static func chatML(endOfTurn token: String) -> ChatTemplate {
    ChatTemplate(unchecked: chatML(endOfTurn: token, system: ""), name: "chatml")
  }

  /// The text of ChatML with an end of turn and a system message of its own.
  ///
  /// - Parameter system: what stands in for a missing system message; nothing when empty.
  private static func chatML(endOfTurn token: String, system: String) -> String {
    let quoted = token.map { $0 == "'" || $0 == "\\" ? "\\\($0)" : String($0) }.joined()
    return """
      \(partsOfText)
      {%- set end = '\(quoted)' -%}
      {%- set system = '\(system)' -%}
      {%- set offer = namespace(text='') -%}
      {%- if tools -%}
      {%- for tool in tools -%}
      {%- set offer.text = offer.text ~ (tool | tojson) ~ '\\n' -%}
      {%- endfor -%}
      {%- set offer.text = \(offeredTools) -%}
      {%- endif -%}
      {%- if (system or offer.text) and (not messages or messages[0].role != 'system') -%}
      {{ '<|im_start|>system\\n' ~ system ~ ('\\n\\n' if system and offer.text else '')
      ~ offer.text ~ end ~ '\\n' }}
      {%- endif -%}
      {%- for message in messages -%}
      {{ '<|im_start|>' ~ message.role ~ '\\n' }}
      {%- if message.role == 'assistant' -%}
      {%- generation -%}
      {{ \(contentText) }}
      {%- for item in message.tool_calls or [] -%}
      {%- set call = item.function or item -%}
      {{ ('\\n' if message.content or not loop.first else '') ~ '<tool_call>\\n{"name": '
      ~ (call.name | tojson) ~ ', "arguments": ' ~ \(callArguments) ~ '}\\n</tool_call>' }}
      {%- endfor -%}
      {{ end }}
      {%- endgeneration -%}
      {{ '\\n' }}
      {%- elif message.role == 'system' and loop.first and offer.text -%}
      {{ \(contentText) ~ ('\\n\\n' if message.content else '') ~ offer.text ~ end ~ '\\n' }}
      {%- else -%}
      {{ \(contentText) ~ end ~ '\\n' }}
      {%- endif -%}
      {%- endfor -%}
      {%- if add_generation_prompt -%}{{ '<|im_start|>assistant\\n' }}{%- endif -%}
      """
  }

  /// An expression for what ChatML says of the tools, whose JSON is `offer.text`.
  private static let offeredTools = """
    'You may call these tools, each described by a JSON schema:\\n<tools>\\n' ~ offer.text ~ \
    '</tools>\\nTo call one, answer with its name and its arguments as JSON:\\n' ~ \
    '<tool_call>\\n{"name": "…", "arguments": {…}}\\n</tool_call>'
    """

  /// An expression for the arguments of `call`, which data has as text or as an object.
  private static let callArguments = """
    (call.arguments if call.arguments is string else (call.arguments or {}) | tojson)
    """

  /// A template that has a place for text alone refuses what it would leave out.
  private static let partsOfText = """
    {%- for message in messages -%}
    {%- if message.content and message.content is not string
      and message.content | rejectattr('text', 'defined') | list -%}
    {{ raise_exception('this chat template has a place for text alone') }}
    {%- endif -%}
    {%- endfor -%}
    """

  /// A template that has no place for tools either.
  private static let textAlone = """
    {%- if tools -%}
    {{ raise_exception('this chat template has no place for tools: give the model\\'s own') }}
    {%- endif -%}
    {%- for message in messages -%}
    {%- if message.tool_calls -%}
    {{ raise_exception('this chat template has no place for tool calls: give the model\\'s own') }}
    {%- endif -%}
    {%- endfor -%}
    \(partsOfText)
    """

  /// Qwen2's ChatML: a system message that the model was trained with stands in for a missing one.
  static let qwen2 = ChatTemplate(
    unchecked: chatML(endOfTurn: "<|im_end|>", system: "You are a helpful assistant."),
    name: "qwen2")

  /// Llama 2: `[INST]` around what the user says, the system message inside the first of them.
  static let llama2 = ChatTemplate(
    unchecked: """
      \(textAlone)
      {%- set state = namespace(system='', expected='user') -%}
      {%- for message in messages -%}
      {%- if message.role == 'system' and loop.first -%}
      {%- set state.system = '<<SYS>>\\n' ~ \(contentText) ~ '\\n<</SYS>>\\n\\n' -%}
      {%- elif message.role != state.expected -%}
      {{ raise_exception('Llama 2 needs user and assistant in turn, and found ' ~ message.role) }}
      {%- elif message.role == 'user' -%}
      {{ bos_token ~ '[INST] ' ~ state.system ~ (\(contentText) | trim) ~ ' [/INST]' }}
      {%- set state.system = '' -%}
      {%- set state.expected = 'assistant' -%}
      {%- else -%}
      {%- generation -%}
      {{ ' ' ~ (\(contentText) | trim) ~ ' ' ~ eos_token }}
      {%- endgeneration -%}
      {%- set state.expected = 'user' -%}
      {%- endif -%}
      {%- endfor -%}
      """, name: "llama2")

  /// Llama 3: the role between header tokens, the message up to `<|eot_id|>`.
  static let llama3 = ChatTemplate(
    unchecked: """
      \(textAlone)
      {{- bos_token -}}
      {%- for message in messages -%}
      {{ '<|start_header_id|>' ~ message.role ~ '<|end_header_id|>\\n\\n' }}
      {%- if message.role == 'assistant' -%}
      {%- generation -%}{{ (\(contentText) | trim) ~ '<|eot_id|>' }}{%- endgeneration -%}
      {%- else -%}
      {{ (\(contentText) | trim) ~ '<|eot_id|>' }}
      {%- endif -%}
      {%- endfor -%}
      {%- if add_generation_prompt -%}
      {{ '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}
      {%- endif -%}
      """, name: "llama3")

  /// The templates that can be named instead of given as a file.
  static let builtIn = [chatML, llama2, llama3, qwen2]

  /// An expression for a message's text, whether its content is a string, parts, or missing.
  private static let contentText = """
    (message.content if message.content is string else '' if not message.content else \
    message.content | selectattr('text', 'defined') | map(attribute='text') | join)
    """
}
