package io.sampo.shard;

import io.sampo.command.Waits;
import io.sampo.keyspace.DbKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/** Who waits for which keys of one shard, first come, first served. */
final class Waiters implements Waits {
  private final Map<DbKey, LinkedHashSet<Waiter>> queues = new HashMap<>();

  /**
   * Those who move what they get to another key: of all keys, and of each in whichever database.
   */
  private final Movers movers = new Movers();

  private final Map<DbKey, Movers> moversOf = new HashMap<>();

  /** Counts waiters by the shard that they move to. */
  private static final class Movers {
    private final int[] counts = new int[Long.SIZE];
    private long shards;

    void add(long shard) {
      counts[Long.numberOfTrailingZeros(shard)]++;
      shards |= shard;
    }

    void remove(long shard) {
      if (--counts[Long.numberOfTrailingZeros(shard)] == 0) {
        shards &= ~shard;
      }
    }
  }

  @Override
  public boolean isEmpty() {
    return queues.isEmpty();
  }

  @Override
  public boolean contains(DbKey key) {
    return queues.containsKey(key);
  }

  @Override
  public List<DbKey> keys(int db) {
    List<DbKey> keys = new ArrayList<>();
    for (DbKey key : queues.keySet()) {
      if (key.db() == db) {
        keys.add(key);
      }
    }
    return keys;
  }

  void add(DbKey key, Waiter waiter) {
    boolean isNew = queues.computeIfAbsent(key, k -> new LinkedHashSet<>()).add(waiter);
    long beside = waiter.request().beside();
    if (isNew && beside != 0) {
      movers.add(beside);
      moversOf.computeIfAbsent(anywhere(key.key()), k -> new Movers()).add(beside);
    }
  }

  private static DbKey anywhere(byte[] key) {
    return new DbKey(0, key);
  }

  /** The shards, a bit for each, to which somebody here will move what it gets. */
  long reach() {
    return movers.shards;
  }

  /** The same of those who wait for one key, in whichever database. */
  long reach(byte[] key) {
    Movers its = moversOf.get(anywhere(key));
    return its == null ? 0 : its.shards;
  }

  /** Those who wait for a key, by the time they began to; they may be removed while iterating. */
  Iterator<Waiter> queue(DbKey key) {
    LinkedHashSet<Waiter> queue = queues.get(key);
    return queue == null ? List.<Waiter>of().iterator() : queue.iterator();
  }

  /** Forgets a waiter at one key. */
  void remove(DbKey key, Waiter waiter) {
    LinkedHashSet<Waiter> queue = queues.get(key);
    if (queue == null || !queue.remove(waiter)) {
      return;
    }
    if (queue.isEmpty()) {
      queues.remove(key);
    }
    long beside = waiter.request().beside();
    if (beside != 0) {
      movers.remove(beside);
      DbKey anywhere = anywhere(key.key());
      Movers its = moversOf.get(anywhere);
      its.remove(beside);
      if (its.shards == 0) {
        moversOf.remove(anywhere);
      }
    }
  }
}
