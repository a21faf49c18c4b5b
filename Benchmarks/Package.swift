// swift-tools-version: 6.0
import PackageDescription

let package = Package(
  name: "benchmarks",
  dependencies: [.package(name: "sfg", path: "..")],
  targets: [
    .executableTarget(
      name: "benchmarks", dependencies: [.product(name: "SFGModules", package: "sfg")],
      swiftSettings: [.unsafeFlags(["-Xcc", "-march=native"])])
  ]
)
