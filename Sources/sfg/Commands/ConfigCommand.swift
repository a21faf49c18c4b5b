import ArgumentParser
import Configuration
import Platform

/// Describes configurations.
struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Describe the keys of a configuration.",
    subcommands: [Keys.self])

  /// Lists the keys.
  struct Keys: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List keys with their defaults, what they take and what they do.")

    @Argument(
      help: ArgumentHelp(
        "Keys or sections, such as training or model.encoder. (default: all)", valueName: "key"),
      completion: .list(KeyText.sections + RunConfiguration.keys))
    var names: [String] = []

    @Flag(help: "Print the page of the reference, in Markdown.")
    var markdown = false

    @Flag(help: "Print one JSON object and nothing else.")
    var json = false

    func validate() throws {
      guard markdown, json || !names.isEmpty else { return }
      throw ValidationError("'--markdown' prints all keys, as Markdown; give it alone.")
    }

    func run() throws {
      let all = RunConfiguration.declarations
      for name in names where !all.contains(where: { KeyText.isOf($0, name) }) {
        let near = Spelling.nearest(to: name, among: KeyText.sections + all.map(\.key))
        throw ArgumentFailure(
          "unknown key '\(name)'"
            + (near.map { "; did you mean \($0)?" } ?? "; see 'sfg config keys'"))
      }
      let keys = all.filter { key in
        names.isEmpty || names.contains { KeyText.isOf(key, $0) }
      }
      try StandardStream.output.print(
        markdown ? KeyText.page(keys) : json ? KeyText.json(keys).pretty : KeyText.list(keys))
    }
  }
}

/// The keys of a configuration as text, Markdown and JSON.
enum KeyText {
  /// The sections, and those within them.
  static let sections: [String] = RunConfiguration.declarations.reduce(into: []) { names, key in
    let parts = key.key.split(separator: ".").map(String.init)
    for count in 1..<max(parts.count, 1) {
      let name = parts.prefix(count).joined(separator: ".")
      if !names.contains(name) { names.append(name) }
    }
  }

  /// Whether a key is the one of a name, or in the section of that name.
  static func isOf(_ key: KeyDeclaration, _ name: String) -> Bool {
    key.key == name || key.key.hasPrefix("\(name).") || key.key.hasPrefix("\(name)[]")
  }

  /// A paragraph per key, of at most 80 columns.
  static func list(_ keys: [KeyDeclaration]) -> String {
    keys.map { key in
      let head = key.key + (key.standard.isEmpty ? "" : ": \(key.standard)")
      let meaning = key.meaning.replacing(/\[([^\]]*)\]\([^)]*\)/) { $0.1 }.replacing("`", with: "")
      return ([head] + wrapped("\(meaning) Takes \(key.expected).", width: 76).map { "    \($0)" })
        .joined(separator: "\n")
    }.joined(separator: "\n")
  }

  /// A table per section, in Markdown.
  static func page(_ keys: [KeyDeclaration]) -> String {
    var text = """
      # Every key of a configuration

      This page is the output of `sfg config keys --markdown`; `make reference` writes it, and a test compares the two. `sfg config keys training` prints the same for one
      section. [Input](input.md), [From text to ids](ids.md), [Backbones](backbones.md) and [`config.yaml`](run-folder.md#configyaml) say more about single keys.

      A configuration is YAML, with anchors and merge keys. Several files merge in their order, and later ones win: `sfg train --config data.yaml --config model.yaml`. `extends: FILE`,
      or a list of files, in a configuration means those files first; `--set KEY=VALUE` comes last, with dotted keys. `null` removes what an earlier file has set. An unknown key is
      an error that suggests the nearest one. The columns say what may be written and what is read where nothing is written; `–` means that there is no default.

      """
    var section: String?
    for key in keys {
      let name = String(key.key.prefix { $0 != "." })
      if name != section {
        section = name
        let title = key.key.contains(".") ? "`\(name)`" : "The run"
        text += "\n## \(title)\n\n| Key | Default | Takes | Meaning |\n|---|---|---|---|\n"
      }
      let standard = key.standard.isEmpty ? "–" : "`\(cell(key.standard))`"
      text += "| `\(key.key)` | \(standard) | \(cell(key.expected)) | \(cell(key.meaning)) |\n"
    }
    return String(text.dropLast())
  }

  static func json(_ keys: [KeyDeclaration]) -> JSONValue {
    .object([
      (
        "keys",
        .array(
          keys.map { key in
            .object([
              ("key", .text(key.key)),
              ("default", key.standard.isEmpty ? .null : .text(key.standard)),
              ("takes", .text(key.expected)), ("meaning", .text(key.meaning)),
            ])
          })
      )
    ])
  }

  /// A bar would end the cell of a table.
  private static func cell(_ text: String) -> String { text.replacing("|", with: "\\|") }

  private static func wrapped(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] += " \(word)"
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}
