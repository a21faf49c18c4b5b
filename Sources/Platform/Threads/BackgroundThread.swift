import Glibc

/// A system thread that runs one closure and can be joined.
public final class BackgroundThread {
  private var handle = pthread_t()
  private var joined = false

  private final class Body {
    let run: () -> Void
    init(_ run: @escaping () -> Void) { self.run = run }
  }

  /// The same for any `ulimit -s`, of which the system would otherwise take the size.
  private static let stackBytes = 4 << 20

  /// Starts `body` on a new thread; throws `ThreadFailure` if the system refuses one.
  public init(_ body: @escaping () -> Void) throws {
    let argument = Unmanaged.passRetained(Body(body)).toOpaque()
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, Self.stackBytes)
    let status = pthread_create(
      &handle, &attributes,
      { argument in
        guard let argument else { return nil }
        Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
        return nil
      }, argument)
    guard status != 0 else { return }
    joined = true
    Unmanaged<Body>.fromOpaque(argument).release()
    throw ThreadFailure(code: status)
  }

  /// Waits until the closure has returned.
  public func join() {
    guard !joined else { return }
    joined = true
    pthread_join(handle, nil)
  }

  deinit {
    if !joined { pthread_detach(handle) }
  }
}

/// Work on a separate thread and its result, such as waiting for a disk during a computation.
public final class BackgroundResult<Value> {
  private final class Place {
    var result: Result<Value, any Error>?
  }

  private let place = Place()
  private let thread: BackgroundThread

  /// Starts `work` on a new thread; throws `ThreadFailure` if the system refuses one.
  public init(_ work: @escaping () throws -> Value) throws {
    thread = try BackgroundThread { [place] in place.result = Result { try work() } }
  }

  /// Waits for the work, which must not outlive its result.
  deinit { thread.join() }

  /// Waits for the work, and returns its result or throws its error.
  public func value() throws -> Value {
    thread.join()
    guard let result = place.result else {
      preconditionFailure("BackgroundResult: the thread ended without a result")
    }
    return try result.get()
  }
}
