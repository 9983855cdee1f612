// swift-tools-version:5.9
import PackageDescription

let package = Package(
    name: "RoundsmanWire",
    platforms: [.iOS(.v15), .macOS(.v12)],
    products: [.library(name: "RoundsmanWire", targets: ["RoundsmanWire"])],
    targets: [.target(name: "RoundsmanWire")]
)
