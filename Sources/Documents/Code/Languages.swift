internal import AnnealFiles

/// Languages of programs, by the endings and names of their files.
enum Languages {
  /// The language of files with an ending.
  static let endings: [String: String] = [
    "swift": "swift", "py": "python", "pyi": "python", "c": "c", "h": "c", "cc": "cpp",
    "cpp": "cpp",
    "cxx": "cpp", "hpp": "cpp", "hh": "cpp", "m": "objective-c", "mm": "objective-c", "rs": "rust",
    "go": "go", "java": "java", "kt": "kotlin", "kts": "kotlin", "scala": "scala",
    "js": "javascript",
    "mjs": "javascript", "cjs": "javascript", "jsx": "javascript", "ts": "typescript",
    "tsx": "typescript", "rb": "ruby", "php": "php", "cs": "csharp", "fs": "fsharp",
    "hs": "haskell",
    "ml": "ocaml", "mli": "ocaml", "ex": "elixir", "exs": "elixir", "erl": "erlang",
    "clj": "clojure",
    "lua": "lua", "pl": "perl", "pm": "perl", "r": "r", "jl": "julia", "sh": "shell",
    "bash": "shell",
    "zsh": "shell", "ps1": "powershell", "sql": "sql", "dart": "dart", "zig": "zig", "nim": "nim",
    "vue": "vue", "svelte": "svelte", "css": "css", "scss": "scss", "proto": "protobuf",
    "cmake": "cmake", "cu": "cuda", "cuh": "cuda", "f90": "fortran", "asm": "assembly",
    "yaml": "yaml", "yml": "yaml", "toml": "toml", "nix": "nix", "tf": "terraform",
  ]
  private static let names: [String: String] = [
    "makefile": "make", "gnumakefile": "make", "dockerfile": "docker", "cmakelists.txt": "cmake",
    "rakefile": "ruby", "gemfile": "ruby", "jenkinsfile": "groovy", "build.bazel": "starlark",
  ]

  /// The language of the file at `path`; nil when it is none of these.
  static func language(of path: String) -> String? {
    names[Folder.name(of: path).lowercased()] ?? endings[DocumentFile.ending(of: path)]
  }
}
