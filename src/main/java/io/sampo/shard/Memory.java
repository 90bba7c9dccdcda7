package io.sampo.shard;

/**
 * The node's data in bytes against its limit. Each shard publishes its own figure; what the sum
 * says may be a batch old.
 */
public final class Memory {
  private final long[] used;
  private volatile long limit;

  public Memory(int shards) {
    used = new long[shards];
  }

  void publish(int shard, long bytes) {
    used[shard] = bytes;
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
}
