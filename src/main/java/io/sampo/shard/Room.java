package io.sampo.shard;

/** Keeps the data at hand within what memory it may take, by eviction in slices. */
final class Room {
  /** How often others are asked to make room. */
  private static final long ASK_NANOS = 1_000_000;

  private final Memory memory;
  private final Watchman watchman;
  private final Held held;
  private final Runnable others;
  private long asked = System.nanoTime() - ASK_NANOS;

  /**
   * @param others has all shards tended, since what may go is on another one
   */
  Room(Memory memory, Watchman watchman, Held held, Runnable others) {
    this.memory = memory;
    this.watchman = watchman;
    this.held = held;
    this.others = others;
  }

  /** Whether there are data at hand, and a limit for them. */
  boolean isBounded() {
    return memory.limit() > 0 && held.shards() != 0;
  }

  /** Publishes how much memory a shard takes. */
  void publish(int shard) {
    memory.publish(shard, held.get(shard).keyspace);
  }

  /** Whether there is nothing to be evicted, as of now. */
  boolean fits() {
    for (long rest = held.shards(); rest != 0; rest &= rest - 1) {
      publish(Long.numberOfTrailingZeros(rest));
    }
    return !memory.exceeded();
  }

  /**
   * Evicts until the data fits, or for as long as a slice may take: what is left is for the next
   * command or the next tending.
   *
   * @return whether writing may go on
   */
  boolean make() {
    if (fits()) {
      memory.noteExceeded(false);
      return true;
    }
    long started = System.nanoTime();
    boolean fits = evict(started, memory.evictionNanos());
    memory.noteExceeded(memory.exceeded());
    long now = System.nanoTime();
    watchman.delayed("eviction-cycle", now - started);
    if (!fits && memory.othersMakeRoom(held.shards())) {
      fits = true;
      if (now - asked >= ASK_NANOS) {
        asked = now;
        others.run();
      }
    }
    return fits;
  }

  private boolean evict(long started, long most) {
    boolean evicted = true;
    while (evicted) {
      evicted = false;
      for (long rest = held.shards(); rest != 0; rest &= rest - 1) {
        int shard = Long.numberOfTrailingZeros(rest);
        evicted |= held.get(shard).keyspace.evict();
        publish(shard);
        if (!memory.exceeded()) {
          return true;
        }
      }
      if (evicted && System.nanoTime() - started > most) {
        return true;
      }
    }
    return false;
  }
}
