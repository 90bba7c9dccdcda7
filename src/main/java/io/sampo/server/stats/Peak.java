package io.sampo.server.stats;

import java.util.concurrent.atomic.AtomicLong;

/** The greatest of the values it was shown. Used from any thread. */
public final class Peak {
  private final AtomicLong greatest = new AtomicLong();

  /** Looks at a value; returns the greatest so far. */
  public long seen(long value) {
    return greatest.accumulateAndGet(value, Math::max);
  }
}
