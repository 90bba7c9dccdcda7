package io.sampo.shard;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.keyspace.Db;
import io.sampo.resp.Args;

/** Brings the entries that a batch is about to use into the processor's cache, all at once. */
final class Prefetch {
  /** The smallest batch that is worth it. */
  private static final int SMALLEST = 4;

  /** So many entries are likely to be in the cache anyway. */
  private static final int CACHED = 10_000;

  private static final int AT_ONCE = 64;

  private final Db[] dbs = new Db[AT_ONCE];
  private final long[] hashes = new long[AT_ONCE];
  private final int[] handles = new int[AT_ONCE];
  private final Context context;
  private final Held held;
  private final Args args;

  /** Written so that the reading is not optimized away. */
  private int read;

  /** {@code args} may be moved. */
  Prefetch(Context context, Held held, Args args) {
    this.context = context;
    this.held = held;
    this.args = args;
  }

  /** Prefetches for a batch, if that is worth it. */
  void fetch(Batch batch) {
    if (batch.size >= SMALLEST && batch.done == 0 && isBig(batch.client.db())) {
      fetchAll(batch);
    }
  }

  /** Whether a database has too many entries at hand for the cache to hold. */
  private boolean isBig(int db) {
    long entries = 0;
    for (long rest = held.shards(); rest != 0; rest &= rest - 1) {
      entries += held.get(Long.numberOfTrailingZeros(rest)).keyspace.db(db).size();
    }
    return entries >= CACHED;
  }

  /**
   * Goes over the keys in three passes of which none waits for what it reads, so that the memory
   * works on many of them at once: what leads to the slots, what leads to the entries, the entries.
   */
  private void fetchAll(Batch batch) {
    int db = batch.client.db();
    int sum = 0;
    int n = 0;
    for (int i = 0; i < batch.size; i++) {
      Command command = batch.commands[i];
      if (batch.extras[i] == Batch.PLAIN && command.firstKey() > 0) {
        batch.request(i, args);
        int last = Math.min(command.lastKey(args.count()), args.count() - 1);
        for (int key = command.firstKey(); key <= last; key += command.keyStep()) {
          if (n == AT_ONCE) {
            sum += entries(n);
            n = 0;
          }
          Db its = context.db(args, key, db);
          dbs[n] = its;
          hashes[n] = its.hash(args.array(), args.offset(key), args.length(key));
          sum += its.prefetchSlot(hashes[n++]);
        }
      }
    }
    read = sum + entries(n);
  }

  private int entries(int n) {
    for (int i = 0; i < n; i++) {
      handles[i] = dbs[i].glance(hashes[i]);
    }
    int sum = 0;
    for (int i = 0; i < n; i++) {
      sum += handles[i] == Db.NONE ? 0 : dbs[i].prefetch(handles[i]);
    }
    return sum;
  }
}
