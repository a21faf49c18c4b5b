/// The definition of the tree sum, as a recursion over halves.
public enum NaiveTree {
  /// The sum of the present parts; nil if none is present.
  public static func sum<Element: FloatingPoint>(_ parts: ArraySlice<[Element]?>) -> [Element]? {
    guard parts.count > 1 else { return parts[parts.startIndex] }
    let middle = parts.startIndex + parts.count / 2
    guard let left = sum(parts[..<middle]) else { return sum(parts[middle...]) }
    guard let right = sum(parts[middle...]) else { return left }
    return zip(left, right).map { $0 + $1 }
  }
}
