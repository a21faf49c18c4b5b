/// The Avazu format: a header with at least these 24 columns, in any order, separated by commas or
/// tabs; `id` is dropped.
struct AvazuFormat: InputFormat {
  let declared: [DatasetSettings.Field] = []
  let weight: String?

  private static let label = "click"
  private static let text = [
    "site_id", "site_domain", "site_category", "app_id", "app_domain", "app_category", "device_id",
    "device_ip", "device_model",
  ]
  private static let columns =
    ["id", label, "hour", "C1", "banner_pos"] + text + ["device_type", "device_conn_type"]
    + (14...21).map { "C\($0)" }

  /// 24 fields, all categories: hour, C1 to C21 in the order of the columns, weekday, weekend.
  private static let fields =
    (columns.dropFirst(2) + TimeColumns.parts.dropFirst()).map { name in
      FieldDeclaration(name: name, kind: .categorical, mayBeNumber: !text.contains(name))
    }

  func check() throws {
    guard weight != Self.label else { throw DataFailure.settings(.weightIsLabel(Self.label)) }
  }

  func schema(header: () throws -> [String]) -> (label: String, fields: [FieldDeclaration]) {
    (Self.label, Self.fields)
  }

  func start(label: String?, fields: [DatasetSettings.Field]) -> FileStart {
    .header(quotes: false) { header in
      var columns = try header.columns(label: label, weight: weight)
      columns.derive(TimeColumns.parts, from: "hour", .avazuHour)
      return try columns.layout(of: fields)
    }
  }
}
