extension ChatTemplate {
  /// ChatML: each message between `<|im_start|>` with its role, and `<|im_end|>`.
  ///
  public static let chatML = chatML(endOfTurn: "<|im_end|>")

  /// ChatML whose turns end with `token`, for a base model whose vocabulary lacks `<|im_end|>`.
  ///
  /// The token is part of the template, so that whoever reads the saved file ends turns alike.
  static func chatML(endOfTurn token: String) -> ChatTemplate {
    let quoted = token.map { $0 == "'" || $0 == "\\" ? "\\\($0)" : String($0) }.joined()
    return ChatTemplate(
      unchecked: """
        \(textAlone)
        {%- set end = '\(quoted)' -%}
        {%- for message in messages -%}
        {{ '<|im_start|>' ~ message.role ~ '\\n' }}
        {%- if message.role == 'assistant' -%}
        {%- generation -%}{{ \(contentText) ~ end }}{%- endgeneration -%}{{ '\\n' }}
        {%- else -%}
        {{ \(contentText) ~ end ~ '\\n' }}
        {%- endif -%}
        {%- endfor -%}
        {%- if add_generation_prompt -%}{{ '<|im_start|>assistant\\n' }}{%- endif -%}
        """, name: "chatml")
  }

  /// These templates have a place for text alone; what they would leave out is refused.
  private static let textAlone = """
    {%- if tools -%}
    {{ raise_exception('this chat template has no place for tools: give the model\\'s own') }}
    {%- endif -%}
    {%- for message in messages -%}
    {%- if message.tool_calls -%}
    {{ raise_exception('this chat template has no place for tool calls: give the model\\'s own') }}
    {%- elif message.content and message.content is not string
      and message.content | rejectattr('text', 'defined') | list -%}
    {{ raise_exception('this chat template has a place for text alone') }}
    {%- endif -%}
    {%- endfor -%}
    """

  /// Qwen2's ChatML: a system message that the model was trained with stands in for a missing one.
  static let qwen2 = ChatTemplate(
    unchecked: """
      {%- if not messages or messages[0].role != 'system' -%}
      {{ '<|im_start|>system\\nYou are a helpful assistant.<|im_end|>\\n' }}
      {%- endif -%}
      \(chatML.source)
      """, name: "qwen2")

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
