package io.sampo.keyspace;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which transactions watch which keys of one shard. Costs one look at a map's size per change while
 * nobody watches.
 */
public final class Watches {
  /**
   * What one client watches; broken once any of it has been changed. Its keys are its client's
   * affair, the rest may be asked and told from any thread.
   */
  public static final class Watch {
    private final Set<DbKey> keys = new LinkedHashSet<>();
    private volatile boolean broken;
    private volatile boolean ended;

    /** Adds a key, which has then to be added to the watches of its shard as well. */
    public void add(int db, byte[] key) {
      keys.add(new DbKey(db, key));
    }

    /** Says that the client no longer cares; shards that have yet to hear of a key ignore it. */
    public void end() {
      ended = true;
    }

    /** Whether a watched key has been changed since it was watched. */
    public boolean broken() {
      return broken;
    }

    /** How many keys there are; from any thread, a moment late. */
    public int count() {
      return keys.size();
    }

    public Collection<DbKey> keys() {
      return keys;
    }
  }

  private final Map<DbKey, List<Watch>> watchers = new HashMap<>();

  /** Has {@code watch} told of changes of a key; again is as good as once. */
  public void add(Watch watch, int db, byte[] key) {
    if (watch.ended) {
      return;
    }
    List<Watch> all = watchers.computeIfAbsent(new DbKey(db, key), k -> new ArrayList<>(1));
    if (!all.contains(watch)) {
      all.add(watch);
    }
  }

  /** Forgets those keys of {@code watch} that are watched here. */
  public void remove(Watch watch) {
    for (DbKey watched : watch.keys) {
      List<Watch> all = watchers.get(watched);
      if (all != null && all.remove(watch) && all.isEmpty()) {
        watchers.remove(watched);
      }
    }
  }

  /** Tells the watchers of this key that it was changed. */
  public void changed(int db, byte[] a, int offset, int length) {
    if (!watchers.isEmpty()) {
      DbKey watched = new DbKey(db, Arrays.copyOfRange(a, offset, offset + length));
      watchers.getOrDefault(watched, List.of()).forEach(watch -> watch.broken = true);
    }
  }

  /**
   * Tells the watchers of a whole database that its content goes: FLUSHDB, FLUSHALL, SWAPDB.
   *
   * @param affected tells whether a watched key exists before or after
   */
  public void changedAll(int db, Predicate<byte[]> affected) {
    watchers.forEach(
        (watched, all) -> {
          if (watched.db() == db && affected.test(watched.key())) {
            all.forEach(watch -> watch.broken = true);
          }
        });
  }
}
