/// The Avazu format: a header and 24 columns split by commas or tabs, of which `id` is dropped.
enum AvazuLayout {
  static let label = "click"
  static let hour = "hour"
  private static let text = [
    "site_id", "site_domain", "site_category", "app_id", "app_domain", "app_category", "device_id",
    "device_ip", "device_model",
  ]
  static let columns =
    ["id", label, hour, "C1", "banner_pos"] + text + ["device_type", "device_conn_type"]
    + (14...21).map { "C\($0)" }

  /// 24 fields, all categories: hour, C1 to C21 as they stand, weekday, weekend.
  static let fields =
    (columns.dropFirst(2) + HourText.fields.dropFirst()).map { name in
      FieldDeclaration(name: name, kind: .categorical, mayBeNumber: !text.contains(name))
    }
}
