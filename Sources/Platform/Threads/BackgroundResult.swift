/// Work on a thread of its own, and what came of it: for waiting on a disk while something else is computed.
public final class BackgroundResult<Value> {
  private final class Place {
    var result: Result<Value, any Error>?
  }

  private let place = Place()
  private let thread: BackgroundThread

  /// Starts `work` at once.
  public init(_ work: @escaping () throws -> Value) {
    thread = BackgroundThread { [place] in place.result = Result { try work() } }
  }

  /// Nobody's work goes on when its result is given up.
  deinit { thread.join() }

  /// Waits for the work and returns, or throws, what it did.
  public func value() throws -> Value {
    thread.join()
    guard let result = place.result else {
      preconditionFailure("BackgroundResult: a thread that ended left nothing")
    }
    return try result.get()
  }
}
