package io.sampo.replication;

import java.time.Duration;

/**
 * How long to wait before a master is tried again: not at all after a connection that worked, then
 * longer each time.
 */
final class Backoff {
  private static final Duration SHORTEST = Duration.ofMillis(50);
  private static final Duration LONGEST = Duration.ofSeconds(1);

  private Duration pause = Duration.ZERO;

  Duration pause() {
    return pause;
  }

  void none() {
    pause = Duration.ZERO;
  }

  void longer() {
    Duration twice = pause.isZero() ? SHORTEST : pause.multipliedBy(2);
    pause = twice.compareTo(LONGEST) > 0 ? LONGEST : twice;
  }
}
