/// A first-in first-out queue of at most `capacity` elements that joins two stages of a pipeline.
///
/// The producer waits while it is full, the consumer while it is empty. Either side may end it:
/// `finish` lets the consumer drain the queue, `cancel` makes both sides return immediately.
public final class BoundedQueue<Element> {
  private let monitor = Monitor()
  private let capacity: Int
  private var elements: [Element] = []
  private var head = 0
  private var finished = false
  private var cancelled = false

  /// Creates an empty queue.
  public init(capacity: Int) {
    precondition(capacity > 0, "BoundedQueue: capacity must be positive, got \(capacity)")
    self.capacity = capacity
    elements.reserveCapacity(2 * capacity)
  }

  /// Appends an element, waiting while the queue is full; false once it is cancelled.
  @discardableResult
  public func push(_ element: Element) -> Bool {
    monitor.locked {
      while elements.count - head >= capacity && !cancelled { monitor.wait() }
      guard !cancelled else { return false }
      elements.append(element)
      monitor.signalAll()
      return true
    }
  }

  /// Removes the oldest element, waiting while the queue is empty; nil after the end.
  public func pop() -> Element? {
    monitor.locked {
      while elements.count == head && !finished && !cancelled { monitor.wait() }
      guard !cancelled, elements.count > head else { return nil }
      let element = elements[head]
      head += 1
      if head >= capacity {
        elements.removeFirst(head)
        head = 0
      }
      monitor.signalAll()
      return element
    }
  }

  /// Marks the end: no further element will be pushed.
  public func finish() {
    monitor.locked {
      finished = true
      monitor.signalAll()
    }
  }

  /// Ends both sides immediately and discards the queued elements.
  public func cancel() {
    monitor.locked {
      cancelled = true
      elements.removeAll()
      head = 0
      monitor.signalAll()
    }
  }
}
