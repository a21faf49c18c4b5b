/// A page without network or scripts, for light and dark screens, print and screen readers.
public struct HTMLPage {
  private let title: String
  private let header: String
  private var body = ""
  private var headings: [(id: String, text: String)] = []
  /// Whether the sections are listed below the title, as on long pages.
  private let listsContents: Bool

  /// Pages of this many runs list their contents.
  static let manyRuns = 5

  /// Creates a page; `lead` is one sentence about its content.
  init(title: String, lead: String, runs: Int = 1) {
    self.title = title
    listsContents = runs >= Self.manyRuns
    header =
      "<header>\n<h1>\(Markup.prose(title))</h1>\n"
      + "<p class=\"lead\">\(Markup.prose(lead))</p>\n</header>\n"
  }

  /// Starts a section.
  mutating func heading(_ text: String) {
    let id = "section-\(headings.count + 1)"
    headings.append((id, text))
    body += "<h2 id=\"\(id)\">\(Markup.prose(text))</h2>\n"
  }

  /// Links to the sections; empty where one sees them all.
  private var contents: String {
    guard listsContents, headings.count > 1 else { return "" }
    let links = headings.map { "<li><a href=\"#\($0.id)\">\(Markup.prose($0.text))</a></li>\n" }
    return "<nav aria-label=\"Contents\">\n<ol>\n\(links.joined())</ol>\n</nav>\n"
  }

  /// Adds a paragraph.
  mutating func paragraph(_ text: String) { body += "<p>\(Markup.prose(text))</p>\n" }

  /// Adds a bulleted list of sentences.
  mutating func list(_ items: [String]) {
    body += "<ul>\n" + items.map { "<li>\(Markup.prose($0))</li>\n" }.joined() + "</ul>\n"
  }

  /// A note that a terminal prints as a sentence of a page.
  static func sentence(_ note: String) -> String {
    note.prefix(1).uppercased() + note.dropFirst() + "."
  }

  /// Adds a figure given as markup; a wide one scrolls by itself on a narrow page.
  mutating func figure(_ markup: String, caption: String, wide: Bool = false) {
    body +=
      wide ? "<figure class=\"wide\">\n\(Markup.scrolling(markup, caption))" : "<figure>\n\(markup)"
    body += "<figcaption>\(Markup.prose(caption))</figcaption>\n</figure>\n"
  }

  /// Adds small figures side by side.
  mutating func gallery(_ figures: [(markup: String, caption: String)]) {
    body += "<div class=\"gallery\">\n"
    for (markup, caption) in figures { figure(markup, caption: caption) }
    body += "</div>\n"
  }

  /// Adds a table that is collapsed until the reader opens it.
  mutating func details(_ summary: String, _ table: ReportTable) {
    body += "<details>\n<summary>\(Markup.prose(summary))</summary>\n\(table.markup)</details>\n"
  }

  /// Adds a table.
  mutating func table(_ table: ReportTable) { body += table.markup }

  /// Adds a list of terms with their definitions.
  mutating func definitions(_ terms: [(term: String, meaning: String)]) {
    body += "<dl>\n"
    for (term, meaning) in terms {
      body += "<dt>\(Markup.prose(term))</dt><dd>\(Markup.prose(meaning))</dd>\n"
    }
    body += "</dl>\n"
  }

  /// The page as HTML.
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
    \(header)\(contents)\(body)</main>
    </body>
    </html>

    """
  }

  private static let style = """
    :root{--ground:#ffffff;--ink:#1b1f24;--quiet:#57606a;--line:#d5dae0;--band:#8c959f14;--shade:#1b1f2433}
    @media screen and (prefers-color-scheme:dark){
    :root{--ground:#14171a;--ink:#e6e8eb;--quiet:#a3abb4;--line:#343b43;--band:#8c959f1c;--shade:#00000099}}
    *{box-sizing:border-box}
    html{background:var(--ground);color:var(--ink);line-height:1.55;
    font:17px/1.55 system-ui,-apple-system,"Segoe UI",Helvetica,Arial,"Liberation Sans",sans-serif}
    body{margin:0;overflow-wrap:anywhere}
    table{overflow-wrap:normal}
    a{color:inherit}
    nav ol{margin:0 0 1.5rem;padding-left:1.4rem;columns:2 18rem}
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
    @media screen and (max-width:48rem){figure.wide svg,figure.wide img{width:44rem;max-width:none}
    figure.wide figcaption::before{content:"Scrolls sideways. "}}
    figcaption{color:var(--quiet);font-size:.9rem;margin-top:.6rem}
    .scroll{overflow-x:auto;margin:1rem 0;background:
    linear-gradient(90deg,var(--ground) 1rem,transparent) 0 0/2.5rem 100% no-repeat local,
    linear-gradient(270deg,var(--ground) 1rem,transparent) 100% 0/2.5rem 100% no-repeat local,
    linear-gradient(90deg,var(--shade),transparent) 0 0/.8rem 100% no-repeat scroll,
    linear-gradient(270deg,var(--shade),transparent) 100% 0/.8rem 100% no-repeat scroll}
    table{border-collapse:collapse;font-size:.92rem;font-variant-numeric:tabular-nums;width:100%}
    caption{text-align:left;color:var(--quiet);font-size:.9rem;padding:0 0 .4rem}
    caption span{position:sticky;left:0;display:inline-block;max-width:calc(100vw - 2.5rem)}
    th,td{padding:.38rem .5rem;border-bottom:1px solid var(--line);text-align:right;vertical-align:baseline}
    th{font-weight:600}
    thead th{border-bottom:2px solid var(--line);vertical-align:bottom}
    th[scope=rowgroup]{padding-top:1rem}
    .grouped th[scope=row]{width:25%;font-weight:400}
    td{white-space:nowrap}
    td.word{white-space:normal}
    small{color:var(--quiet);font-size:.82rem}
    tr>:first-child,td.word,th.word{text-align:left}
    tbody tr:nth-child(even){background:var(--band)}
    ul{padding-left:1.2rem;margin:.5rem 0}
    dt{font-weight:600;margin-top:.8rem}
    dd{margin:.1rem 0 0;color:var(--quiet)}
    @page{margin:18mm}
    @media print{html{font-size:11pt}main{max-width:none;padding:0}
    figure,tr,dt{break-inside:avoid}h2,thead,caption,dt,tr:has([scope=rowgroup]){break-after:avoid}
    .scroll{overflow:visible;background:none}figure svg{max-width:26rem}small{font-size:7.5pt}
    .gallery{grid-template-columns:1fr 1fr}figure.wide{width:auto;margin-left:0}table{font-size:8.5pt}
    th,td{padding:.25rem .4rem}}
    """
}
