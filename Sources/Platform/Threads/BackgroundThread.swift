import Glibc

/// A thread of the system that runs one closure and can be joined.
public final class BackgroundThread {
  private var handle = pthread_t()
  private var joined = false

  private final class Body {
    let run: () -> Void
    init(_ run: @escaping () -> Void) { self.run = run }
  }

  /// Starts `body` at once on a thread of its own.
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
