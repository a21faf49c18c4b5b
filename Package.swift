// swift-tools-version: 6.2
import PackageDescription

/// The CPU the kernels are compiled for; `make portable` names levels of x86-64.
let cpu = Context.environment["SFG_CPU"] ?? "native"
/// Without `errno`, a square root is one instruction instead of a call of the C library.
///
/// Loops that the compiler vectorises would use half of a register for x86-64-v4, unlike for a CPU
/// that it knows by name.
let kernels: [SwiftSetting] = [
  .unsafeFlags(
    ["-Xcc", "-march=\(cpu)", "-Xcc", "-fno-math-errno"]
      + (cpu == "x86-64-v4" ? ["-Xcc", "-mprefer-vector-width=512"] : []))
]

/// Puts the functions of `SystemAllocator.swift` in the place of the C library's, and lets OpenBLAS
/// find the one of `MatrixProduct.swift`.
///
/// Sanitizers have their own: `Scripts/sanitize` sets the variable.
let allocator: [LinkerSetting] =
  Context.environment["SFG_SANITIZE"] != nil
  ? []
  : [
    .unsafeFlags(
      ["malloc", "calloc", "realloc", "posix_memalign"].flatMap {
        ["-Xlinker", "--defsym=\($0)=sfg_\($0)", "-Xlinker", "--export-dynamic-symbol=\($0)"]
      } + ["-Xlinker", "--export-dynamic-symbol=openblas_num_threads_env"])
  ]

let package = Package(
  name: "sfg",
  products: [
    .executable(name: "sfg", targets: ["sfg"]),
    .library(name: "SFGModules", targets: ["Configuration", "Analysis"]),
  ],
  traits: [
    .trait(name: "ISAL", description: "Inflate gzip with ISA-L (libisal-dev) instead of zlib."),
    .trait(name: "MPI", description: "Train over several processes with MPI (libopenmpi-dev)."),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
  ],
  targets: [
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(
      name: "CLAPACKE", pkgConfig: "lapacke", providers: [.apt(["liblapacke-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(
      name: "CLibDeflate", pkgConfig: "libdeflate", providers: [.apt(["libdeflate-dev"])]),
    .systemLibrary(name: "CISAL"),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CBzip2", providers: [.apt(["libbz2-dev"])]),
    .systemLibrary(name: "CLZMA", pkgConfig: "liblzma", providers: [.apt(["liblzma-dev"])]),
    .systemLibrary(name: "CMPI", pkgConfig: "ompi-c", providers: [.apt(["libopenmpi-dev"])]),
    .systemLibrary(name: "CVector"),
    .systemLibrary(name: "CXXHash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"])]),
    .systemLibrary(name: "CCairo", pkgConfig: "cairo", providers: [.apt(["libcairo2-dev"])]),

    // The commit is an object file of its own, so that a new one recompiles only what prints it.
    .target(
      name: "CBuild",
      cSettings: Context.environment["SFG_COMMIT"].map { [.define("SFG_COMMIT", to: "\"\($0)\"")] }
    ),
    // Each target lists all that it imports: it is not rebuilt when an indirect dependency changes.
    .target(name: "Platform", swiftSettings: kernels),
    .target(
      name: "LinearAlgebra", dependencies: ["COpenBLAS", "CLAPACKE", "CVector", "Platform"],
      swiftSettings: kernels),
    .target(
      name: "ClickData",
      dependencies: [
        "CZlib", "CLibDeflate", .target(name: "CISAL", condition: .when(traits: ["ISAL"])),
        "CZstd", "CBzip2", "CLZMA", "CXXHash", "CVector", "Platform",
      ],
      swiftSettings: kernels),
    .target(
      name: "Cluster",
      dependencies: [
        .target(name: "CMPI", condition: .when(traits: ["MPI"])), "LinearAlgebra", "Platform",
      ],
      swiftSettings: kernels),
    .target(
      name: "Models",
      dependencies: ["LinearAlgebra", "ClickData", "Platform", "CXXHash"],
      swiftSettings: kernels),
    .target(
      name: "Training",
      dependencies: [
        "Cluster", "Models", "LinearAlgebra", "ClickData", "Platform",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ],
      swiftSettings: kernels),
    .target(
      name: "Analysis",
      dependencies: ["Models", "LinearAlgebra", "ClickData", "Platform", "CCairo"],
      swiftSettings: kernels),
    .target(
      name: "Serving",
      dependencies: [
        "Models", "LinearAlgebra", "ClickData", "Platform",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ],
      swiftSettings: kernels),
    .target(
      name: "Configuration",
      dependencies: [
        "Training", "Models", "ClickData", "Platform", .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: kernels),
    .executableTarget(
      name: "sfg",
      dependencies: [
        "Configuration", "Training", "Analysis", "Serving", "Cluster", "Models", "LinearAlgebra",
        "ClickData", "Platform", "CBuild",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: kernels, linkerSettings: allocator),

    .target(
      name: "TestSupport",
      dependencies: ["LinearAlgebra", "ClickData", "Models", "Training", "Platform", "CZlib"],
      path: "Tests/TestSupport"),
    .target(
      name: "ClusterChecks", dependencies: ["Cluster", "LinearAlgebra", "Platform"],
      path: "Tests/ClusterChecks"),
    .executableTarget(
      name: "cluster-program",
      dependencies: ["Cluster", "ClusterChecks", "LinearAlgebra", "Platform"],
      path: "Tests/ClusterProgram"),
    .testTarget(
      name: "ClusterTests",
      dependencies: ["Cluster", "ClusterChecks", "cluster-program", "LinearAlgebra", "Platform"]),
    .testTarget(name: "PlatformTests", dependencies: ["Platform"]),
    .testTarget(
      name: "LinearAlgebraTests", dependencies: ["LinearAlgebra", "Platform", "TestSupport"]),
    .testTarget(
      name: "ClickDataTests",
      dependencies: [
        "ClickData", "Platform", "CXXHash", "CZlib", "CZstd", "CBzip2", "CLZMA", "TestSupport",
      ]),
    .testTarget(
      name: "ModelsTests",
      dependencies: ["Models", "LinearAlgebra", "ClickData", "Platform", "TestSupport"],
      exclude: ["Fixtures"]),
    .testTarget(
      name: "TrainingTests",
      dependencies: [
        "Training", "Cluster", "Models", "LinearAlgebra", "ClickData", "Platform", "TestSupport",
      ],
      exclude: ["Fixtures"]),
    .testTarget(
      name: "AnalysisTests",
      dependencies: [
        "Analysis", "Models", "LinearAlgebra", "ClickData", "Platform", "TestSupport",
      ],
      exclude: ["Fixtures"]),
    .testTarget(
      name: "ServingTests",
      dependencies: [
        "Serving", "Models", "LinearAlgebra", "ClickData", "Platform", "TestSupport",
      ]),
    .testTarget(
      name: "ConfigurationTests",
      dependencies: [
        "Configuration", "Training", "Models", "LinearAlgebra", "ClickData", "Platform",
        "TestSupport",
      ]),
    .testTarget(
      name: "CommandTests",
      dependencies: [
        "sfg", "Configuration", "Models", "ClickData", "LinearAlgebra", "Platform",
        "TestSupport",
      ]),

    .target(
      name: "FuzzTargets",
      dependencies: ["Configuration", "Training", "ClickData", "Models", "Platform"],
      path: "Tests/FuzzTargets"),
    .testTarget(
      name: "FuzzTests", dependencies: ["FuzzTargets", "Platform"], exclude: ["Corpus"]),
  ]
)

// The libFuzzer loop is part of the package only if its library is given, as `make fuzz` does.
if let libFuzzer = Context.environment["SFG_LIBFUZZER"] {
  package.targets.append(
    .executableTarget(
      name: "fuzz", dependencies: ["FuzzTargets"], path: "Fuzzing",
      linkerSettings: [.unsafeFlags([libFuzzer]), .linkedLibrary("stdc++")]))
}
