package io.sampo.shard;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.keyspace.Ahead;
import io.sampo.keyspace.Keyspace;
import io.sampo.resp.Args;

/** Has the keys that a batch is about to use looked up {@link Ahead}, some requests at a time. */
final class Prefetch {
  /** So few requests are not worth it. */
  private static final int SMALLEST = 4;

  /** So many entries are likely to be in the cache anyway. */
  private static final int CACHED = 10_000;

  private final Context context;
  private final Held held;
  private final Args args;

  /** {@code args} may be moved. */
  Prefetch(Context context, Held held, Args args) {
    this.context = context;
    this.held = held;
    this.args = args;
  }

  /**
   * Prefetches for the requests of a batch from one on, if that is worth it.
   *
   * @return the request to call this for again
   */
  int fetch(Batch batch, int from) {
    int db = batch.client.db();
    if (batch.size - from < SMALLEST || !isBig(db)) {
      return batch.size;
    }
    int room = Ahead.MOST;
    int i = from;
    for (; i < batch.size; i++) {
      Command command = batch.commands[i];
      if (batch.extras[i] == Batch.PLAIN && command.firstKey() > 0) {
        batch.request(i, args);
        int first = command.firstKey();
        int last = Math.min(command.lastKey(args.count()), args.count() - 1);
        room -= (last - first) / command.keyStep() + 1;
        if (room < 0 && i > from) {
          break;
        }
        for (int key = first; key <= last; key += command.keyStep()) {
          context.foresee(args, key, db);
        }
      }
    }
    for (long rest = held.shards(); rest != 0; rest &= rest - 1) {
      keyspace(rest).ahead.fetch();
    }
    return i;
  }

  /** Says that what was prefetched has been used. */
  void end() {
    for (long rest = held.shards(); rest != 0; rest &= rest - 1) {
      keyspace(rest).ahead.forget();
    }
  }

  /** Whether a database has too many entries at hand for the cache to hold. */
  private boolean isBig(int db) {
    long entries = 0;
    for (long rest = held.shards(); rest != 0; rest &= rest - 1) {
      entries += keyspace(rest).db(db).size();
    }
    return entries >= CACHED;
  }

  private Keyspace keyspace(long shards) {
    return held.get(Long.numberOfTrailingZeros(shards)).keyspace;
  }
}
