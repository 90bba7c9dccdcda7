package io.sampo.keyspace;

import java.util.Optional;

/** What to evict when memory runs out, by the names of {@code maxmemory-policy}. */
public enum Policy {
  NOEVICTION("noeviction", Measure.NONE, false),
  ALLKEYS_LRU("allkeys-lru", Measure.LRU, false),
  ALLKEYS_LFU("allkeys-lfu", Measure.LFU, false),
  ALLKEYS_RANDOM("allkeys-random", Measure.NONE, false),
  VOLATILE_LRU("volatile-lru", Measure.LRU, true),
  VOLATILE_LFU("volatile-lfu", Measure.LFU, true),
  VOLATILE_RANDOM("volatile-random", Measure.NONE, true),
  VOLATILE_TTL("volatile-ttl", Measure.TTL, true);

  /** What candidates are compared by. */
  enum Measure {
    NONE,
    LRU,
    LFU,
    TTL
  }

  private final String text;
  private final Measure measure;
  private final boolean onlyVolatile;

  Policy(String text, Measure measure, boolean onlyVolatile) {
    this.text = text;
    this.measure = measure;
    this.onlyVolatile = onlyVolatile;
  }

  public String text() {
    return text;
  }

  /** The policy of that name, in lower case. */
  public static Optional<Policy> named(String text) {
    for (Policy policy : values()) {
      if (policy.text.equals(text)) {
        return Optional.of(policy);
      }
    }
    return Optional.empty();
  }

  /** Whether the records count accesses rather than remember the last. */
  public boolean lfu() {
    return measure == Measure.LFU;
  }

  /** Whether only keys with an expiry may go. */
  public boolean onlyVolatile() {
    return onlyVolatile;
  }

  Measure measure() {
    return measure;
  }
}
