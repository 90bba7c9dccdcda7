package io.sampo.keyspace;

import java.util.SplittableRandom;
import java.util.function.LongSupplier;

/**
 * The 24 bits by which a record remembers its use, as Redis keeps them: under an LRU policy the
 * Unix time of the last access in seconds, under LFU the minute of the last decay (16 bits) and a
 * logarithmic counter of accesses (8 bits).
 */
final class Access {
  private static final int BITS = 24;
  private static final int MASK = (1 << BITS) - 1;
  private static final int MINUTES_MASK = 0xffff;
  private static final int COUNTER_MAX = 255;

  /** What new keys start with, so that they are not evicted before they had a chance. */
  private static final int COUNTER_INIT = 5;

  private final Settings settings;
  private final LongSupplier clock;
  private final SplittableRandom random;

  Access(Settings settings, LongSupplier clock, SplittableRandom random) {
    this.settings = settings;
    this.clock = clock;
    this.random = random;
  }

  private int seconds() {
    return (int) (clock.getAsLong() / 1000) & MASK;
  }

  private int minutes() {
    return (int) (clock.getAsLong() / 60_000) & MINUTES_MASK;
  }

  /** For a new record. */
  int initial() {
    return settings.policy.lfu() ? minutes() << 8 | COUNTER_INIT : seconds();
  }

  /** For a record that is looked up, or whose value is replaced. */
  int touched(int access) {
    return settings.policy.lfu() ? minutes() << 8 | increment(decayed(access)) : seconds();
  }

  /** Seconds since the last access, modulo 194 days. */
  long idle(int access) {
    return (seconds() - access) & MASK;
  }

  /** For a record last used {@code idle} seconds ago. */
  int idleSince(long idle) {
    return (int) (seconds() - idle) & MASK;
  }

  /** For a new record that is made from an entry. */
  int of(Entry entry) {
    int access = entry.access;
    boolean lfu = settings.policy.lfu();
    if (access >= 0 && access <= MASK) {
      return access;
    }
    if (access != Entry.NEW && lfu && (access & Entry.COUNTED) != 0) {
      return counted(access & COUNTER_MAX);
    }
    if (access != Entry.NEW && !lfu && (access & Entry.IDLE) != 0) {
      return idleSince(access & ~Entry.IDLE);
    }
    return initial();
  }

  /** The counter, less what time has taken from it: 0 to 255. */
  int decayed(int access) {
    int counter = access & 0xff;
    int decayTime = settings.lfuDecayTime;
    if (decayTime == 0) {
      return counter;
    }
    int elapsed = (minutes() - (access >>> 8)) & MINUTES_MASK;
    return Math.max(0, counter - elapsed / decayTime);
  }

  /** For a record with that counter. */
  int counted(int counter) {
    return minutes() << 8 | counter;
  }

  /** Counts one access with a probability that falls as the counter rises. */
  private int increment(int counter) {
    if (counter >= COUNTER_MAX) {
      return COUNTER_MAX;
    }
    int above = Math.max(0, counter - COUNTER_INIT);
    return random.nextDouble() * ((double) above * settings.lfuLogFactor + 1) < 1
        ? counter + 1
        : counter;
  }
}
