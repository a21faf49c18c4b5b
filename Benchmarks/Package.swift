// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "benchmarks",
  traits: [
    .trait(name: "ISAL", description: "Build sfg with its trait ISAL."),
    .trait(name: "MPI", description: "Build sfg with its trait MPI."),
  ],
  dependencies: [
    .package(
      name: "sfg", path: "..",
      traits: [
        .trait(name: "ISAL", condition: .when(traits: ["ISAL"])),
        .trait(name: "MPI", condition: .when(traits: ["MPI"])),
      ])
  ],
  targets: [
    .target(name: "CPeak", cSettings: [.unsafeFlags(["-O2"])]),
    .executableTarget(
      name: "benchmarks", dependencies: ["CPeak", .product(name: "SFGModules", package: "sfg")],
      swiftSettings: [.unsafeFlags(["-Xcc", "-march=native"])]),
  ]
)
