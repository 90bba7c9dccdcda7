package io.sampo.shard;

import io.sampo.command.Command;
import io.sampo.command.Cursor;
import io.sampo.keyspace.Slot;
import io.sampo.resp.Args;

/** Tells which shards a request needs, as a set of bits. */
public final class Router {
  private final int shards;
  private final long all;

  /**
   * @param shards 1 to 64
   */
  public Router(int shards) {
    this.shards = shards;
    this.all = -1L >>> 64 - shards;
  }

  public int shards() {
    return shards;
  }

  /** The shards that own the request's keys; 0 if it has none and may run anywhere. */
  public long shards(Command command, Args a) {
    if (shards == 1 || command.place == Command.Place.ALL) {
      return all;
    }
    if (command.place == Command.Place.CURSOR) {
      return 1L << Cursor.shard(a, 1, shards);
    }
    long bits = 0;
    if (command.hasPlainKeys()) {
      int first = command.firstKey();
      if (first > 0) {
        int last = Math.min(command.lastKey(a.count()), a.count() - 1);
        for (int i = first; i <= last && bits != all; i += command.keyStep()) {
          bits |= bit(a, i);
        }
      }
      return bits;
    }
    long[] found = new long[1];
    command.eachKey(a, i -> found[0] |= bit(a, i));
    return found[0];
  }

  private long bit(Args a, int i) {
    return 1L << Slot.shard(a.array(), a.offset(i), a.length(i), shards);
  }

  /** All shards, a bit for each. */
  public long all() {
    return all;
  }

  /** The shard that owns this key, as a bit. */
  public long shards(byte[] key) {
    return 1L << Slot.shard(key, 0, key.length, shards);
  }
}
