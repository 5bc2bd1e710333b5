// swift-tools-version: 6.2
import PackageDescription

// The graph of the project, one line a target: what it is called, where it lies, what it may import.
// Arrows only point down; `--explicit-target-dependency-import-check error` (see the Makefile) keeps it so.
let ordered: Target.Dependency = .product(name: "OrderedCollections", package: "swift-collections")
let nio: [Target.Dependency] = ["NIOCore", "NIOHTTP1", "NIOPosix"].map {
  .product(name: $0, package: "swift-nio")
}
let graph: KeyValuePairs<String, [Target.Dependency]> = [
  "Files": [ordered, .product(name: "Crypto", package: "swift-crypto")],
  "Torch": ["CTorch", "AnnealFiles"],
  "Text": ["AnnealFiles", ordered],
  "Export": ["AnnealText", "AnnealFiles"],
  "Demo": ["AnnealFiles", ordered],
  "Neural": ["AnnealTorch", "AnnealFiles"],
  "Models": ["AnnealNeural", "AnnealTorch", "AnnealFiles"],
  "Adapters": ["AnnealNeural", "AnnealTorch", "AnnealFiles"],
  "Merging": ["AnnealNeural", "AnnealTorch", "AnnealFiles"],
  "Datasets": ["AnnealText", "AnnealFiles", "CZlib", ordered],
  "Documents": [
    "AnnealDatasets", "AnnealText", "AnnealFiles", ordered,
    .product(name: "Subprocess", package: "swift-subprocess"),
  ],
  "Remote": [
    "AnnealText", "AnnealFiles", ordered,
    .product(name: "AsyncHTTPClient", package: "async-http-client"),
  ] + nio,
  "Inference": ["AnnealNeural", "AnnealText", "AnnealTorch", "AnnealFiles"],
  "Training": [
    "AnnealEvaluation", "AnnealInference", "AnnealDatasets", "AnnealNeural", "AnnealTorch",
    "AnnealText", "AnnealFiles",
  ],
  "Evaluation": [
    "AnnealInference", "AnnealDatasets", "AnnealNeural", "AnnealTorch", "AnnealText", "AnnealFiles",
  ],
]

// What each test target may import beside the target it tests.
let tests: KeyValuePairs<String, [Target.Dependency]> = [
  "Files": ["AnnealFiles", ordered],
  "Torch": ["AnnealTorch", "AnnealFiles"],
  "Text": ["AnnealText", "AnnealFiles", ordered],
  "Export": ["AnnealExport", "AnnealText", "AnnealFiles"],
  "Demo": ["AnnealDemo", "AnnealFiles", ordered],
  "Datasets": ["AnnealDatasets", "AnnealText", "AnnealFiles", ordered],
  "Documents": ["AnnealDocuments", "AnnealDatasets", "AnnealText", "AnnealFiles", ordered],
  "Remote": ["LoopbackServers", "AnnealRemote", "AnnealText", "AnnealFiles", ordered],
  "Models": ["AnnealModels", "AnnealNeural", "AnnealTorch", "AnnealFiles"],
  "Adapters": ["AnnealAdapters", "AnnealNeural", "AnnealTorch", "AnnealFiles"],
  "Merging": ["AnnealMerging", "AnnealNeural", "AnnealTorch", "AnnealFiles"],
  "Inference": ["AnnealInference", "AnnealNeural", "AnnealText"],
  "Evaluation": ["AnnealEvaluation", "AnnealDatasets", "AnnealFiles"],
  "Training": [
    "AnnealTraining", "AnnealEvaluation", "AnnealAdapters", "AnnealDatasets", "AnnealNeural",
    "AnnealTorch", "AnnealFiles",
  ],
  "Anneal": [
    "Anneal", "AnnealMerging", "AnnealEvaluation", "AnnealDatasets", "AnnealNeural", "AnnealText",
    "AnnealFiles", "AnnealTorch", "AnnealRemote",
  ],
  "CommandLine": ["LoopbackServers", "AnnealCLI", "Anneal", "AnnealFiles"],
]

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

let package = Package(
  name: "anneal",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Anneal", targets: ["Anneal"]),
    .executable(name: "anneal", targets: ["AnnealCLI"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
  ],
  targets: [
    // libtorch's headers and libraries, found through the libtorch.pc that `make setup` writes.
    .systemLibrary(name: "CLibTorch", path: "Sources/CLibTorch", pkgConfig: "libtorch"),
    // gzip's library, which belongs to every system; only its header may be missing.
    .systemLibrary(
      name: "CZlib", path: "Sources/CZlib", providers: [.apt(["zlib1g-dev"])]),
    // The only C++ of the project: a C boundary over libtorch.
    .target(
      name: "CTorch", dependencies: ["CLibTorch"], path: "Sources/CTorch",
      cxxSettings: [.treatAllWarnings(as: .error)]),
  ]
    + graph.map { name, dependencies in
      .target(
        name: "Anneal\(name)", dependencies: dependencies, path: "Sources/\(name)",
        swiftSettings: strict)
    }
    + [
      .target(
        name: "Anneal",
        dependencies: [
          "AnnealModels", "AnnealAdapters", "AnnealMerging", "AnnealTraining", "AnnealEvaluation",
          "AnnealInference", "AnnealDatasets", "AnnealDocuments", "AnnealRemote", "AnnealExport",
          "AnnealText", "AnnealNeural", "AnnealTorch", "AnnealFiles", ordered,
          .product(name: "GRDB", package: "GRDB.swift"), .product(name: "Yams", package: "Yams"),
        ],
        path: "Sources/Anneal", swiftSettings: strict),
      .target(
        name: "AnnealServer", dependencies: ["Anneal"], path: "Sources/AnnealServer",
        swiftSettings: strict),
      .executableTarget(
        name: "AnnealCLI",
        dependencies: [
          "AnnealServer", "Anneal", "AnnealDemo",
          .product(name: "ArgumentParser", package: "swift-argument-parser"),
        ],
        path: "Sources/AnnealCLI", swiftSettings: strict),
      .target(
        name: "TestSupport",
        dependencies: ["AnnealModels", "AnnealNeural", "AnnealTorch", "AnnealFiles"],
        path: "Tests/TestSupport", swiftSettings: strict),
      .target(
        name: "LoopbackServers", dependencies: ["AnnealFiles"] + nio,
        path: "Tests/LoopbackServers", swiftSettings: strict),
    ]
    + tests.map { name, dependencies in
      .testTarget(
        name: "\(name)Tests", dependencies: ["TestSupport"] + dependencies,
        path: "Tests/\(name)Tests", swiftSettings: strict)
    },
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
