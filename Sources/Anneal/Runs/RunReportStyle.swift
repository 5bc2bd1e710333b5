extension RunReport {
  /// The page's style sheet, light and dark, with the colours of the curves.
  static let style = """

    :root {
      color-scheme: light dark;
      --paper: #f6f7f9; --card: #ffffff; --ink: #1f2933; --muted: #5c6773;
      --line: #e1e5ea; --accent: #2f66c8; --good: #2f7d4f; --warn: #b4570a;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --paper: #0e1217; --card: #161b22; --ink: #e6eaee; --muted: #9aa5b1;
        --line: #2a313a; --accent: #7aa7ff; --good: #63c98c; --warn: #ffa657;
      }
    }
    * { box-sizing: border-box; }
    body {
      margin: 0; background: var(--paper); color: var(--ink);
      font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue",
        "DejaVu Sans", sans-serif;
    }
    main { max-width: 1008px; margin: 0 auto; padding: 40px 24px 64px; }
    h1 { font-size: 30px; line-height: 1.2; margin: 0 0 8px; }
    h2 { font-size: 19px; margin: 40px 0 12px; }
    .lead { color: var(--muted); margin: 0; max-width: 75ch; }
    .tiles {
      display: grid; grid-template-columns: repeat(auto-fit, minmax(205px, 1fr)); gap: 12px;
      margin: 28px 0 0;
    }
    .tile {
      background: var(--card); border: 1px solid var(--line); border-radius: 10px;
      padding: 14px 16px;
    }
    .tile dt { color: var(--muted); font-size: 13px; }
    .tile dd { margin: 2px 0 0; font-size: 25px; font-weight: 600; }
    .tile small { display: block; color: var(--muted); font-size: 13px; font-weight: 400; }
    .findings, .next { list-style: none; margin: 0; padding: 0; }
    .findings li {
      background: var(--card); border: 1px solid var(--line); border-left: 4px solid var(--good);
      border-radius: 8px; padding: 10px 16px; margin: 0 0 8px;
    }
    .findings li.warning { border-left-color: var(--warn); }
    .findings em { color: var(--muted); font-style: normal; }
    .next li { margin: 0 0 12px; }
    .next pre { margin: 4px 0 0; }
    .scroll { overflow-x: auto; }
    .anneal-chart { display: block; border: 1px solid var(--line); border-radius: 10px; }
    table {
      border-collapse: collapse; background: var(--card); border: 1px solid var(--line);
      font-size: 14px; font-variant-numeric: tabular-nums; width: 100%;
    }
    th, td { padding: 6px 14px; border-bottom: 1px solid var(--line); text-align: right; }
    thead th { color: var(--muted); font-weight: 500; }
    tr.best td { color: var(--good); font-weight: 600; }
    .facts th { width: 28%; color: var(--muted); font-weight: 500; }
    .facts th, .facts td { text-align: left; }
    pre {
      background: var(--card); border: 1px solid var(--line); border-radius: 8px;
      padding: 12px 16px; overflow-x: auto; margin: 8px 0;
      font: 13px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
    }
    code { font: 0.92em ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
    details summary { cursor: pointer; color: var(--accent); }

    """
}
