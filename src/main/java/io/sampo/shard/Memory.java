package io.sampo.shard;

import io.sampo.keyspace.Keyspace;
import io.sampo.keyspace.Policy;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

/**
 * The node's data in bytes against its limit. Each shard publishes its own figures; what their sum
 * says may be a batch old.
 */
public final class Memory {
  /** What is said to who may not write while there is no room. */
  public static final String OOM = "OOM command not allowed when used memory > 'maxmemory'.";

  /** What part of the limit may be in use beyond it while others are making room. */
  private static final int SLACK = 8;

  private final long[] used;
  private final long[] keys;
  private final long[] volatiles;
  private volatile Policy policy = Policy.NOEVICTION;
  private volatile long limit;
  private volatile long evictionNanos;

  /** Since when eviction has not brought the data below the limit; 0 while it has. */
  private final AtomicLong exceededSince = new AtomicLong();

  /** Nanoseconds of earlier times when it was so. */
  private final LongAdder exceededBefore = new LongAdder();

  public Memory(int shards) {
    used = new long[shards];
    keys = new long[shards];
    volatiles = new long[shards];
    tenacity(10);
  }

  /**
   * Says how long a command may evict before it goes on with the data above the limit, as {@code
   * maxmemory-eviction-tenacity} has it: 50 microseconds for each step up to 10, 15 % more with
   * each step from there on, and as long as it takes with 100.
   */
  public void tenacity(int steps) {
    evictionNanos =
        steps == 100
            ? Long.MAX_VALUE
            : steps <= 10 ? 50_000L * steps : (long) (500_000 * Math.pow(1.15, steps - 10));
  }

  long evictionNanos() {
    return evictionNanos;
  }

  void publish(int shard, Keyspace keyspace) {
    used[shard] = keyspace.usedMemory();
    keys[shard] = keyspace.keys();
    volatiles[shard] = keyspace.volatileKeys();
  }

  /** Says what may be evicted. */
  public void policy(Policy what) {
    policy = what;
  }

  private boolean hasEvictable(int shard) {
    Policy what = policy;
    return what != Policy.NOEVICTION && (what.onlyVolatile() ? volatiles : keys)[shard] > 0;
  }

  /** Whether the limit is exceeded and no shard has anything to evict. */
  public boolean isFull() {
    return exceeded() && IntStream.range(0, keys.length).noneMatch(this::hasEvictable);
  }

  /** Whether other shards than these, a bit for each, have keys to evict, and in time. */
  boolean othersMakeRoom(long shards) {
    if (used() > limit + limit / SLACK) {
      return false;
    }
    for (int i = 0; i < keys.length; i++) {
      if ((shards >>> i & 1) == 0 && hasEvictable(i)) {
        return true;
      }
    }
    return false;
  }

  /** Bytes accounted to the data of all shards. */
  public long used() {
    long sum = 0;
    for (long bytes : used) {
      sum += bytes;
    }
    return sum;
  }

  /** The limit in bytes ({@code maxmemory}); 0 for none. */
  public long limit() {
    return limit;
  }

  public void limit(long bytes) {
    limit = bytes;
  }

  boolean exceeded() {
    long max = limit;
    return max > 0 && used() > max;
  }

  /** Takes note of what eviction, or the lack of a need for it, has led to. */
  void noteExceeded(boolean yes) {
    long since = exceededSince.get();
    if (yes && since == 0) {
      exceededSince.compareAndSet(0, Math.max(1, System.nanoTime()));
    } else if (!yes && since != 0 && exceededSince.compareAndSet(since, 0)) {
      exceededBefore.add(System.nanoTime() - since);
    }
  }

  /** For how many nanoseconds the limit has been exceeded without a break until now. */
  public long exceededNanos() {
    long since = exceededSince.get();
    return since == 0 || limit == 0 ? 0 : System.nanoTime() - since;
  }

  /** For how many nanoseconds it has been exceeded in all. */
  public long allExceededNanos() {
    return exceededBefore.sum() + exceededNanos();
  }

  /** Counts from now on (CONFIG RESETSTAT). */
  public void resetStatistics() {
    exceededSince.set(0);
    exceededBefore.reset();
  }
}
