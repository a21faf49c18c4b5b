import Glibc

/// A system thread that runs one closure and can be joined.
public final class BackgroundThread {
  private var handle = pthread_t()
  private var joined = false

  private final class Body {
    let run: () -> Void
    init(_ run: @escaping () -> Void) { self.run = run }
  }

  /// Starts `body` on a new thread.
  public init(_ body: @escaping () -> Void) {
    let argument = Unmanaged.passRetained(Body(body)).toOpaque()
    let status = pthread_create(
      &handle, nil,
      { argument in
        guard let argument else { return nil }
        Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
        return nil
      }, argument)
    precondition(status == 0, "BackgroundThread: the system refused a thread, error \(status)")
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

  /// Starts `work` on a new thread.
  public init(_ work: @escaping () throws -> Value) {
    thread = BackgroundThread { [place] in place.result = Result { try work() } }
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
