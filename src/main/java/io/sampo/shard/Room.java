package io.sampo.shard;

/** Keeps the data at hand within what memory it may take, by eviction in slices. */
final class Room {
  private static final long SLICE_NANOS = 500_000;

  private final Memory memory;
  private final Watchman watchman;
  private final Held held;

  Room(Memory memory, Watchman watchman, Held held) {
    this.memory = memory;
    this.watchman = watchman;
    this.held = held;
  }

  /** Whether there are data at hand, and a limit for them. */
  boolean isBounded() {
    return memory.limit() > 0 && held.shards() != 0;
  }

  /** Publishes how much memory a shard takes. */
  void publish(int shard) {
    memory.publish(shard, held.get(shard).keyspace.usedMemory());
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
    boolean fits = evict(started + SLICE_NANOS);
    memory.noteExceeded(memory.exceeded());
    watchman.delayed("eviction-cycle", System.nanoTime() - started);
    return fits;
  }

  private boolean evict(long until) {
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
      if (evicted && System.nanoTime() > until) {
        return true;
      }
    }
    return false;
  }
}
