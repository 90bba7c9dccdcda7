package io.sampo.server;

import java.util.concurrent.TimeUnit;

/**
 * How often a node's regular work is to be done: {@code hz} times a second, but less often when
 * nothing has happened for a while, and nothing is expected to.
 */
final class Pace {
  /** How often an idle node looks whether it still is. */
  static final int IDLE_HZ = 1;

  /** More than what the rates of INFO are averaged over, so that these come down to nothing. */
  static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** How much had happened when something last had, and when that was. */
  private long happened;

  private long happenedAt;

  /**
   * @param now by {@link System#nanoTime}
   */
  Pace(long now) {
    happenedAt = now;
  }

  /**
   * How often in a second it is to be from now on.
   *
   * @param count of what has happened since the start
   * @param expecting whether there is something to be done though nothing happens
   */
  int next(int hz, long now, long count, boolean expecting) {
    if (count != happened || expecting) {
      happened = count;
      happenedAt = now;
    }
    return now - happenedAt > IDLE_NANOS ? Math.min(IDLE_HZ, hz) : hz;
  }
}
