package io.sampo.keyspace;

import java.util.function.LongSupplier;

/** What a database takes of the heap, in bytes, and what is left of its keys' time. */
public final class Footprint {
  private final Storage storage;
  private final LongSupplier clock;

  Footprint(Storage storage, LongSupplier clock) {
    this.storage = storage;
    this.clock = clock;
  }

  /** An entry's record, share of the table, object. */
  public long entry(int h) {
    return storage.memoryUsage(h);
  }

  /** Records, table and objects. */
  public long used() {
    return storage.used();
  }

  /** The table that finds the records. */
  public long table() {
    return storage.table.bytes();
  }

  /** The pages that hold the records, table and objects. */
  public long allocated() {
    return storage.allocated();
  }

  /** Milliseconds that keys with an expiry have left on average; 0 if there are none. */
  public long averageTtl() {
    return storage.volatiles.averageTtl(clock.getAsLong());
  }
}
