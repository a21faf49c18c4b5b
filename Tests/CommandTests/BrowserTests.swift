import Foundation
import TestSupport
import Testing

/// The reports in a headless browser.
@Suite(
  .enabled(if: Browser.path != nil, Browser.absence),
  .enabled(if: SFGBinary.isThere, SFGBinary.absence))
struct BrowserTests {
  @Test func everyReportShowsItsFiguresAndLogsNothingToTheConsole() throws {
    let tiny = try TinyRun()
    _ = try tiny.sfg(
      "train --config tiny.yaml --set run=tiny_discriminative --set model.paradigm=discriminative "
        + "--output b --quiet")
    _ = try tiny.sfg(
      "train --config tiny.yaml --set run=dcnv2_generative --set model.backbone=dcnv2 --output c --quiet"
    )
    for line in [
      "analyze report --run run --run b --run c --rows 300 --sample 100 --repeats 2 --output report",
      "analyze collapse --run run --rows 300 --output collapse",
      "analyze redundancy --run run --rows 300 --output redundancy",
      "analyze importance --run run --run b --sample 200 --repeats 2 --output importance",
      "compare b c run --output compared",
      "eval --run b --report evaluated/report.html",
      "eval --run run --recalibrate isotonic --report recalibrated/report.html",
      "inspect --config tiny.yaml --report inspected/report.html",
    ] {
      let outcome = try tiny.sfg(line)
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
    // Three spectra of all runs, seven of DCN V2, the fields, the heat map, the field map and the
    // importance.
    for (report, figures) in [
      ("report", 14), ("collapse", 4), ("redundancy", 2), ("importance", 1), ("compared", 1),
      ("inspected", 0),
    ] {
      let page = tiny.path("\(report)/report.html")
      let seen = try Browser.open(page)
      #expect(seen.figures.count == figures, "\(report): \(seen.figures)")
      #expect(seen.figures.allSatisfy { $0.width > 100 && $0.height > 60 }, "\(seen.figures)")
      #expect(seen.console.isEmpty, "\(report): \(seen.console)")
      #expect(!seen.overflows, "\(report) is wider than its window")
      #expect(seen.cut.isEmpty, "\(report) cuts off \(seen.cut)")
      #expect(seen.nameless.isEmpty, "\(report) has no text alternative for \(seen.nameless)")
      #expect(seen.headings.first == 1 && seen.headings.dropFirst().allSatisfy { $0 == 2 })
      let printed = try Browser.open(page, width: Browser.paper, printed: true)
      #expect(printed.cut.isEmpty, "\(report) cuts off \(printed.cut) in print")
      let narrow = try Browser.open(page, width: Browser.telephone)
      #expect(!narrow.overflows, "\(report) is wider than a telephone")
      #expect(seen.requests.isEmpty, "\(report) requests \(seen.requests)")
    }
  }

  /// A table, figures over runs, and names and numbers that do not fit into one line.
  @Test func theReportOfASweepFitsATelephone() throws {
    let tiny = try TinyRun(trained: false)
    _ = try tiny.folder.write(
      "s.yaml",
      "models: [tiny]\nvary: {model.paradigm: [discriminative, generative], training.seed: [1, 2]}\n"
        + "search: {training.learning_rate: [1e-3, 1e-2, 2e-2]}\nset: {training.epochs: 2}\n")
    let sweep = try tiny.sfg("sweep --config s.yaml --output out")
    #expect(sweep.status == 0, "\(sweep.errors)")
    for width in [Browser.telephone, 1000] {
      let seen = try Browser.open(tiny.path("out/report.html"), width: width)
      #expect(!seen.overflows && seen.console.isEmpty, "\(width)")
      #expect(seen.figures.count > 3 && seen.nameless.isEmpty, "\(width): \(seen)")
    }
  }

  @Test func theBrowserTestDetectsAPageWiderThanATelephone() throws {
    let folder = try TemporaryFolder()
    for (pixels, overflows) in [(350, false), (420, true)] {
      let page = try folder.write(
        "page.html", "<body><div style=\"width:\(pixels)px\">a</div></body>")
      let seen = try Browser.open(page, width: Browser.telephone)
      #expect(seen.overflows == overflows, "\(pixels)")
    }
  }

  @Test func theBrowserTestDetectsABrokenFigureAndAnError() throws {
    let folder = try TemporaryFolder()
    let page = try folder.write(
      "page.html",
      "<body><figure><img src=\"data:image/png;base64,AAAA\"></figure><script>nonsense()</script></body>"
    )
    let seen = try Browser.open(page)
    #expect(seen.figures.map(\.width) == [0])
    #expect(seen.console.contains { $0.contains("nonsense") })
    #expect(seen.nameless == ["IMG"])
  }

  @Test func theBrowserTestDetectsATableThatIsCutOff() throws {
    let folder = try TemporaryFolder()
    let page = try folder.write(
      "page.html",
      "<body><div class=\"scroll\" aria-label=\"wide\"><table><tr><td>\(String(repeating: "m", count: 200))"
    )
    let seen = try Browser.open(page)
    #expect(seen.cut == ["wide"] && seen.nameless == ["TABLE"])
  }
}

/// A headless browser that examines a page.
enum Browser {
  /// What the browser found.
  struct Page: Decodable {
    struct Figure: Decodable {
      let width: Double
      let height: Double
    }

    let figures: [Figure]
    let console: [String]
    let requests: [String]
    let overflows: Bool
    /// Labels of elements that scroll because they are too wide.
    let cut: [String]
    /// Elements without a text alternative.
    let nameless: [String]
    let headings: [Int]
  }

  /// The width of A4 paper between its margins, in CSS pixels.
  static let paper = 658
  /// The width of a telephone.
  static let telephone = 390
  /// A headless browser opens no narrower window.
  private static let narrowestWindow = 500

  /// The path of the browser; nil if there is none.
  static let path: String? = ["chromium", "chromium-browser", "google-chrome"].flatMap { name in
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map {
      "\($0)/\(name)"
    }
  }.first { FileManager.default.isExecutableFile(atPath: $0) }

  /// Why the tests of pages are skipped.
  static let absence: Comment =
    "skipped: no chromium on the PATH; Scripts/setup chromium installs it"

  /// Opens a copy of a page with an added script that records what the browser rendered.
  ///
  /// If `printed`, the page has its print style. A page narrower than any window is shown in a
  /// frame.
  static func open(_ path: String, width: Int = 1000, printed: Bool = false) throws -> Page {
    let folder = try TemporaryFolder()
    var page = try String(contentsOfFile: path, encoding: .utf8)
    if printed {
      page = page.replacingOccurrences(of: "@media screen", with: "@media speech")
        .replacingOccurrences(of: "@media print", with: "@media screen")
    }
    let copy = try folder.write(
      "page.html",
      page.replacingOccurrences(of: "<body>", with: "<body><script>\(listener)</script>")
        + "<script>\(report)</script>")
    let frame = try folder.write(
      "frame.html",
      "<body style=\"margin:0\"><script>\(receiver)</script>"
        + "<iframe src=\"page.html\" style=\"width:\(width)px;height:900px;border:0\"></iframe></body>"
    )
    let shown = width < Self.narrowestWindow ? frame : copy
    let output = URL(fileURLWithPath: folder.path).appending(path: "dom.txt")
    try Data().write(to: output)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(Self.path))
    process.arguments = [
      "--headless", "--no-sandbox", "--disable-gpu",
      "--window-size=\(max(width, Self.narrowestWindow)),900",
      "--user-data-dir=\(folder.path)/profile", "--virtual-time-budget=3000", "--dump-dom",
      "file://\(shown)",
    ]
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    let dom = try String(contentsOf: output, encoding: .utf8)
    let match = try #require(dom.firstMatch(of: /<pre id="seen">(.*?)<\/pre>/.dotMatchesNewlines()))
    let json = match.1.replacing("&lt;", with: "<").replacing("&gt;", with: ">")
      .replacing("&amp;", with: "&")
    return try JSONDecoder().decode(Page.self, from: Data(json.utf8))
  }

  private static let listener = """
    window.said=[];window.onerror=(m)=>{said.push(String(m))};
    for(const k of ["error","warn"])console[k]=(...a)=>said.push(a.join(" "));
    """

  /// Frames of files may not read one another: the page sends what it has found.
  private static let receiver = """
    window.onmessage=m=>{const p=document.createElement("pre");p.id="seen";
    p.textContent=m.data;document.body.append(p)};
    """

  private static let report = """
    window.addEventListener("load",()=>{
    const figures=[...document.querySelectorAll("figure svg,figure img")].map(f=>{
    const r=f.getBoundingClientRect();const drawn=f.tagName=="IMG"?f.naturalWidth>0:f.querySelectorAll("text").length>0;
    return {width:drawn?r.width:0,height:drawn?r.height:0}});
    const all=q=>[...document.querySelectorAll(q)];
    const cut=all(".scroll").filter(s=>s.scrollWidth>s.clientWidth+1).map(s=>s.ariaLabel);
    const words=e=>({IMG:e.alt,SVG:e.querySelector("title,desc")?.textContent,
    TABLE:e.querySelector("caption")?.textContent}[e.tagName.toUpperCase()]??e.ariaLabel);
    const nameless=all("img,svg,table,.scroll").filter(e=>!words(e)).map(e=>e.tagName.toUpperCase());
    const headings=all("h1,h2,h3,h4").map(h=>Number(h.tagName[1]));
    const p=document.createElement("pre");p.id="seen";
    p.textContent=JSON.stringify({figures,cut,nameless,headings,console:said,
    requests:performance.getEntriesByType("resource").map(e=>e.name).filter(n=>!n.startsWith("data:")),
    overflows:document.documentElement.scrollWidth>document.documentElement.clientWidth});
    if(window.parent===window)document.body.append(p);else parent.postMessage(p.textContent,"*")});
    """
}
