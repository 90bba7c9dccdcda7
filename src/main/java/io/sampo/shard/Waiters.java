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
    queues.computeIfAbsent(key, k -> new LinkedHashSet<>()).add(waiter);
  }

  /** Those who wait for a key, by the time they began to; they may be removed while iterating. */
  Iterator<Waiter> queue(DbKey key) {
    LinkedHashSet<Waiter> queue = queues.get(key);
    return queue == null ? List.<Waiter>of().iterator() : queue.iterator();
  }

  /** Forgets a waiter at one key. */
  void remove(DbKey key, Waiter waiter) {
    LinkedHashSet<Waiter> queue = queues.get(key);
    if (queue != null && queue.remove(waiter) && queue.isEmpty()) {
      queues.remove(key);
    }
  }
}
