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

  private void fetchAll(Batch batch) {
    int db = batch.client.db();
    int sum = 0;
    for (int i = 0; i < batch.size; i++) {
      Command command = batch.commands[i];
      if (batch.extras[i] == Batch.PLAIN && command.firstKey() > 0) {
        batch.request(i, args);
        int last = Math.min(command.lastKey(args.count()), args.count() - 1);
        for (int key = command.firstKey(); key <= last; key += command.keyStep()) {
          Db its = context.db(args, key, db);
          sum += its.prefetch(args.array(), args.offset(key), args.length(key));
        }
      }
    }
    read = sum;
  }
}
