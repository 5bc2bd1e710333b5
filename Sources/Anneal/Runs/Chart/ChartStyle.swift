extension Chart {
  /// The style sheet of a drawing: light, and dark where the reader prefers it.
  ///
  /// Blue and orange stay apart for every common kind of colour blindness; the colours of the dark
  /// form have the same hues with more light.
  static let style = """

    .anneal-chart .paper { fill: #ffffff; }
    .anneal-chart text { fill: #1f2933; font-size: 12px; }
    .anneal-chart .title { font-size: 17px; font-weight: 600; }
    .anneal-chart .note, .anneal-chart .tick { fill: #5c6773; }
    .anneal-chart .tick { font-size: 11.5px; font-variant-numeric: tabular-nums; }
    .anneal-chart .name { font-size: 13px; font-weight: 600; }
    .anneal-chart .grid { stroke: #e6e9ed; stroke-width: 1; }
    .anneal-chart .axis { stroke: #9aa5b1; stroke-width: 1; }
    .anneal-chart .divider { stroke: #d5dae0; stroke-width: 1; stroke-dasharray: 2 4; }
    .anneal-chart .mark { stroke: #2f7d4f; stroke-width: 1.3; stroke-dasharray: 5 4; }
    .anneal-chart .mark-name { fill: #2f7d4f; font-weight: 600; }
    .anneal-chart path { fill: none; stroke-linejoin: round; stroke-linecap: round; }
    .anneal-chart .strong { stroke-width: 2.1; }
    .anneal-chart .faint { stroke-width: 1; opacity: 0.3; }
    .anneal-chart .train { stroke: #2f66c8; }
    .anneal-chart .eval { stroke: #d9690f; }
    .anneal-chart .rate { stroke: #1f8a7d; }
    .anneal-chart .speed { stroke: #7a55b5; }
    .anneal-chart .dot { stroke: #ffffff; stroke-width: 1.2; }
    .anneal-chart .dot.eval { fill: #d9690f; }
    .anneal-chart .dot.train { fill: #2f66c8; }
    .anneal-chart .dot.rate { fill: #1f8a7d; }
    .anneal-chart .dot.speed { fill: #7a55b5; }
    @media (prefers-color-scheme: dark) {
      .anneal-chart .paper { fill: #161b22; }
      .anneal-chart text { fill: #e6eaee; }
      .anneal-chart .note, .anneal-chart .tick { fill: #9aa5b1; }
      .anneal-chart .grid { stroke: #262d36; }
      .anneal-chart .axis { stroke: #566270; }
      .anneal-chart .divider { stroke: #39424d; }
      .anneal-chart .mark { stroke: #63c98c; }
      .anneal-chart .mark-name { fill: #63c98c; }
      .anneal-chart .faint { opacity: 0.38; }
      .anneal-chart .train { stroke: #7aa7ff; }
      .anneal-chart .eval { stroke: #ffa657; }
      .anneal-chart .rate { stroke: #5fd0c0; }
      .anneal-chart .speed { stroke: #c3a6f0; }
      .anneal-chart .dot { stroke: #161b22; }
      .anneal-chart .dot.eval { fill: #ffa657; }
      .anneal-chart .dot.train { fill: #7aa7ff; }
      .anneal-chart .dot.rate { fill: #5fd0c0; }
      .anneal-chart .dot.speed { fill: #c3a6f0; }
    }

    """
}
