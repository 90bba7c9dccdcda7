package io.sampo.server;

import java.util.concurrent.atomic.AtomicLong;

/** The greatest of the values it was shown. Used from any thread. */
final class Peak {
  private final AtomicLong greatest = new AtomicLong();

  /** Looks at a value; returns the greatest so far. */
  long seen(long value) {
    return greatest.accumulateAndGet(value, Math::max);
  }
}
