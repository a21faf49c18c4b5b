/// A self-contained page: no network, no script, light and dark, fit for print and for screen readers.
struct HTMLPage {
  private let title: String
  private var body = ""

  /// Starts a page; `lead` says in a sentence what the reader will find.
  init(title: String, lead: String) {
    self.title = title
    body += "<header>\n<h1>\(Markup.escaped(title))</h1>\n"
    body += "<p class=\"lead\">\(Markup.escaped(lead))</p>\n</header>\n"
  }

  /// Starts a section.
  mutating func heading(_ text: String) { body += "<h2>\(Markup.escaped(text))</h2>\n" }

  /// Adds a paragraph.
  mutating func paragraph(_ text: String) { body += "<p>\(Markup.escaped(text))</p>\n" }

  /// Adds sentences, each on a line of its own.
  mutating func list(_ items: [String]) {
    body += "<ul>\n" + items.map { "<li>\(Markup.escaped($0))</li>\n" }.joined() + "</ul>\n"
  }

  /// Adds a picture given as markup, with its caption.
  mutating func figure(_ markup: String, caption: String, wide: Bool = false) {
    body += "<figure\(wide ? " class=\"wide\"" : "")>\n\(markup)"
    body += "<figcaption>\(Markup.escaped(caption))</figcaption>\n</figure>\n"
  }

  /// Adds smaller pictures beside one another, each with its caption.
  mutating func gallery(_ figures: [(markup: String, caption: String)]) {
    body += "<div class=\"gallery\">\n"
    for (markup, caption) in figures { figure(markup, caption: caption) }
    body += "</div>\n"
  }

  /// Adds a table that is folded away until the reader opens it.
  mutating func details(_ summary: String, _ table: HTMLTable) {
    body += "<details>\n<summary>\(Markup.escaped(summary))</summary>\n\(table.markup)</details>\n"
  }

  /// Adds a table whose first column names the rows.
  mutating func table(_ table: HTMLTable) { body += table.markup }

  /// Adds terms and what they mean.
  mutating func definitions(_ terms: [(term: String, meaning: String)]) {
    body += "<dl>\n"
    for (term, meaning) in terms {
      body += "<dt>\(Markup.escaped(term))</dt><dd>\(Markup.escaped(meaning))</dd>\n"
    }
    body += "</dl>\n"
  }

  /// The page.
  var text: String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>\(Markup.escaped(title))</title>
    <style>
    \(Self.style)
    </style>
    </head>
    <body>
    <main>
    \(body)</main>
    </body>
    </html>

    """
  }

  private static let style = """
    :root{--ground:#ffffff;--ink:#1b1f24;--quiet:#57606a;--line:#d5dae0;--band:#f6f8fa;--bar:#9fc6e0}
    @media screen and (prefers-color-scheme:dark){
    :root{--ground:#14171a;--ink:#e6e8eb;--quiet:#a3abb4;--line:#343b43;--band:#1c2126;--bar:#2c5f80}}
    *{box-sizing:border-box}
    html{background:var(--ground);color:var(--ink);line-height:1.55;
    font:17px/1.55 system-ui,-apple-system,"Segoe UI",Helvetica,Arial,"Liberation Sans",sans-serif}
    body{margin:0}
    main{max-width:62rem;margin:0 auto;padding:2.5rem 1.25rem 4rem}
    h1{font-size:2rem;line-height:1.2;margin:0 0 .5rem;letter-spacing:-.01em}
    h2{font-size:1.25rem;margin:2.5rem 0 .75rem}
    .lead{font-size:1.15rem;color:var(--quiet);margin:0 0 1.5rem}
    figure{margin:1.5rem 0;padding:0}
    figure svg,figure img{display:block;width:100%;height:auto}
    figure svg{max-width:44rem;margin:0 auto}
    figure img{background:#ffffff;border-radius:6px;padding:.5rem;max-width:46rem;margin:0 auto}
    figure.wide img{max-width:none}
    @media screen and (min-width:62rem){
    figure.wide{width:min(94vw,84rem);margin-left:calc(50% - min(47vw,42rem))}
    figure.wide figcaption{max-width:59.5rem;margin-inline:auto}}
    .gallery{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,24rem),1fr));gap:0 1.5rem}
    details{margin:.5rem 0 1.5rem}
    summary{cursor:pointer;color:var(--quiet)}
    :focus-visible{outline:2px solid #0072b2;outline-offset:2px}
    figure.wide svg{max-width:none}
    figcaption{color:var(--quiet);font-size:.9rem;margin-top:.6rem}
    .scroll{overflow-x:auto;margin:1rem 0}
    table{border-collapse:collapse;font-size:.92rem;font-variant-numeric:tabular-nums;width:100%}
    caption{text-align:left;color:var(--quiet);font-size:.9rem;padding:0 0 .4rem}
    th,td{padding:.38rem .5rem;border-bottom:1px solid var(--line);text-align:right;vertical-align:bottom}
    th{font-weight:600}
    thead th{border-bottom:2px solid var(--line)}
    td{white-space:nowrap}
    tr>:first-child,td.word,th.word{text-align:left}
    tbody tr:nth-child(even){background:var(--band)}
    ul{padding-left:1.2rem;margin:.5rem 0}
    dt{font-weight:600;margin-top:.8rem}
    dd{margin:.1rem 0 0;color:var(--quiet)}
    @page{margin:18mm}
    @media print{html{font-size:11pt}main{max-width:none;padding:0}
    figure,tr,dt{break-inside:avoid}h2,thead,caption{break-after:avoid}.scroll{overflow:visible}
    .gallery{grid-template-columns:1fr 1fr}figure.wide{width:auto;margin-left:0}table{font-size:8.5pt}
    th,td{padding:.25rem .4rem}}
    """
}

/// A table of words and numbers whose first column names the rows.
struct HTMLTable {
  /// What stands in one place.
  enum Cell {
    case word(String)
    case number(String)
  }

  private let caption: String
  private let header: [String]
  private let rows: [[Cell]]

  init(caption: String, header: [String], rows: [[Cell]]) {
    self.caption = caption
    self.header = header
    self.rows = rows
  }

  /// The table; it scrolls on its own where the page is narrow.
  var markup: String {
    let isWord = header.indices.map { column in
      rows.first.map { row in if case .word = row[column] { true } else { false } } ?? true
    }
    let head = header.indices.map { column in
      "<th scope=\"col\"\(isWord[column] ? " class=\"word\"" : "")>"
        + "\(Markup.escaped(header[column]))</th>"
    }
    let lines = rows.map { row in
      "<tr>"
        + row.enumerated().map { column, cell in
          switch cell {
          case .word(let text) where column == 0: "<th scope=\"row\">\(Markup.escaped(text))</th>"
          case .word(let text): "<td class=\"word\">\(Markup.escaped(text))</td>"
          case .number(let text): "<td>\(Markup.escaped(text))</td>"
          }
        }.joined() + "</tr>\n"
    }
    return """
      <div class="scroll" tabindex="0" role="region" aria-label="\(Markup.escaped(caption))">
      <table>
      <caption>\(Markup.escaped(caption))</caption>
      <thead><tr>\(head.joined())</tr></thead>
      <tbody>
      \(lines.joined())</tbody>
      </table>
      </div>

      """
  }
}
