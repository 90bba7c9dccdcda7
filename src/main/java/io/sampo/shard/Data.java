package io.sampo.shard;

import io.sampo.keyspace.Db;
import io.sampo.keyspace.Keyspace;
import io.sampo.keyspace.Settings;
import io.sampo.keyspace.Watches;
import java.util.Optional;
import java.util.function.LongSupplier;

/** What a shard owns and lends: its keyspace, who watches it, and the clock both go by. */
public final class Data {
  final int shard;
  final Keyspace keyspace;
  final Watches watches = new Watches();
  final Waiters waiters = new Waiters();

  /** The part of this shard in a snapshot that is being taken. */
  Optional<Saving> saving = Optional.empty();

  /** Unix milliseconds as of the batch that runs: time stands still for it, and costs nothing. */
  private long now;

  /**
   * An empty keyspace.
   *
   * @param clock Unix milliseconds, until the first batch brings its own
   */
  public Data(int shard, Settings settings, LongSupplier clock) {
    this.shard = shard;
    this.now = clock.getAsLong();
    this.keyspace = new Keyspace(settings, () -> now);
  }

  /** Whether there is this key. */
  public boolean has(int db, byte[] key) {
    Db its = keyspace.db(db);
    return its.find(key, 0, key.length) != Db.NONE;
  }

  void now(long millis) {
    now = millis;
  }
}
