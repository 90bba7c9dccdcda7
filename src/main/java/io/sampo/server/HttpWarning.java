package io.sampo.server;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells of HTTP, once a minute: who sends it may do so faster than a log is to grow. */
final class HttpWarning {
  private static final Logger LOG = LoggerFactory.getLogger(HttpWarning.class);
  private static final long SILENCE = TimeUnit.MINUTES.toNanos(1);

  private final LongSupplier clock;
  private final AtomicLong last;

  /**
   * @param clock in nanoseconds, as {@link System#nanoTime}
   */
  HttpWarning(LongSupplier clock) {
    this.clock = clock;
    this.last = new AtomicLong(clock.getAsLong() - SILENCE);
  }

  /** From any thread. */
  void raise(ClientState client) {
    if (isDue()) {
      LOG.warn("Closing client that sends HTTP, perhaps to attack: {}", client.describe());
    }
  }

  /** Whether it is to be told of now, by who asks first. */
  boolean isDue() {
    long now = clock.getAsLong();
    long before = last.get();
    return now - before >= SILENCE && last.compareAndSet(before, now);
  }
}
