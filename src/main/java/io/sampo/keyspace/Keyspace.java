package io.sampo.keyspace;

import io.sampo.data.KeyHash;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;

/**
 * One shard's data: its databases, their expiry and eviction. Used by one thread at a time, but by
 * any.
 */
public final class Keyspace {
  private static final Listener DEAF =
      new Listener() {
        @Override
        public void expired(Db db, byte[] key) {
          // Nobody listens.
        }

        @Override
        public void evicted(Db db, byte[] key) {
          // Nobody listens.
        }

        @Override
        public void added(Db db, byte[] key) {
          // Nobody listens.
        }

        @Override
        public void partsExpired(Db db, byte[] key, List<byte[]> parts) {
          // Nobody listens.
        }

        @Override
        public void emptied(Db db, byte[] key) {
          // Nobody listens.
        }
      };

  final Settings settings;
  final LongSupplier clock;
  final KeyHash hashes;
  final SplittableRandom random;
  final Access access;

  /** Looks keys up before they are used. */
  public final Ahead ahead = new Ahead();

  private final Db[] dbs;

  /** Those that have had keys: the memory of the others is always the same. */
  private Db[] inhabited = {};

  private final long emptyBytes;
  private final Expiry expiry = new Expiry(this);
  private final Eviction eviction = new Eviction(this);
  private Listener listener = DEAF;

  /** The {@link Record#ERA} of what a snapshot no longer has to hand over. */
  int era;

  private Optional<Snapshot> snapshot = Optional.empty();
  private boolean announcing;
  private boolean showsExpired;
  private long expiredKeys;
  private long evictedKeys;
  private long expiryCutShort;
  private long expiryNanos;

  /** {@code clockMillis} tells Unix milliseconds; it is asked often, and had better be cheap. */
  public Keyspace(Settings settings, LongSupplier clockMillis) {
    this.settings = settings;
    this.clock = clockMillis;
    hashes = new KeyHash(settings.hashSeed);
    random = new SplittableRandom(settings.hashSeed);
    access = new Access(settings, clockMillis, random);
    dbs = new Db[settings.databases];
    for (int i = 0; i < dbs.length; i++) {
      dbs[i] = new Db(this, i);
    }
    emptyBytes = dbs[0].storage().used();
  }

  public Db db(int index) {
    return dbs[index];
  }

  public int databases() {
    return dbs.length;
  }

  /** Exchanges two databases: each becomes known by the other's index. */
  public void swap(int a, int b) {
    Db db = dbs[a];
    dbs[a] = dbs[b];
    dbs[b] = db;
    dbs[a].index(a);
    dbs[b].index(b);
  }

  /**
   * Begins a snapshot of what is here now; see {@link Snapshot#advance}.
   *
   * @throws IllegalStateException if the last one has not come to its end
   */
  public Snapshot snapshot(Snapshot.Sink sink) {
    if (snapshot.isPresent()) {
      throw new IllegalStateException("a snapshot is being taken already");
    }
    era ^= Record.ERA;
    Snapshot begun = new Snapshot(this, sink);
    snapshot = Optional.of(begun);
    return begun;
  }

  /** Whether a snapshot is being taken: then changes have to be told to {@link Db#keep}. */
  public boolean isSaving() {
    return snapshot.isPresent();
  }

  void endSnapshot() {
    snapshot = Optional.empty();
  }

  void keep(Db db, int h) {
    snapshot.ifPresent(s -> s.keep(db, h));
  }

  void clearing(Db db) {
    snapshot.ifPresent(s -> s.clearing(db));
  }

  /** Sets who hears of expired and evicted keys; see also {@link #announcing}. */
  public void listener(Listener l) {
    listener = l;
  }

  /** Sets whether that listener hears of new keys, too. */
  public void announcing(boolean b) {
    announcing = b;
  }

  /** Says that a database is about to have its first key. */
  void inhabit(Db db) {
    inhabited = Arrays.copyOf(inhabited, inhabited.length + 1);
    inhabited[inhabited.length - 1] = db;
  }

  void noteAdded(Db db, byte[] k, int offset, int length) {
    if (announcing) {
      listener.added(db, Arrays.copyOfRange(k, offset, offset + length));
    }
  }

  public boolean replica() {
    return settings.replica;
  }

  /** Whether expired keys are only hidden when somebody comes across them. */
  boolean keepsExpired() {
    return settings.replica || settings.paused;
  }

  boolean showsExpired() {
    return showsExpired;
  }

  /** Lets expired keys be seen, as must be while what a master sent is applied. */
  public void showExpired(boolean b) {
    showsExpired = b;
  }

  /** The bytes taken by all data, table and records included. Asked for after each batch. */
  public long usedMemory() {
    long sum = (dbs.length - inhabited.length) * emptyBytes;
    for (Db db : inhabited) {
      sum += db.storage().used();
    }
    return sum;
  }

  /** {@link #usedMemory}, plus what is unused within the pages. */
  public long allocatedMemory() {
    long sum = 0;
    for (Db db : dbs) {
      sum += db.storage().allocated();
    }
    return sum;
  }

  /**
   * Removes expired keys for about {@code budgetNanos}, from where the last call stopped; returns
   * how many. Does nothing on a replica or during a pause.
   */
  public long expireCycle(long budgetNanos) {
    if (keepsExpired()) {
      return 0;
    }
    long started = System.nanoTime();
    long expired = expiry.cycle(budgetNanos);
    long took = System.nanoTime() - started;
    expiryNanos += took;
    expiryCutShort += took > budgetNanos ? 1 : 0;
    return expired;
  }

  /** Whether the last cycle of expiry left something that was over. */
  public boolean isExpiryBehind() {
    return !keepsExpired() && expiry.isBehind();
  }

  /** Whether {@link #expireCycle} has, or will have, anything to remove. */
  public boolean expiresAnything() {
    if (keepsExpired()) {
      return false;
    }
    for (Db db : inhabited) {
      if (db.volatileSize() > 0 || db.parts().size() > 0) {
        return true;
      }
    }
    return false;
  }

  /** Evicts one key by the policy; false if there is none that may go. */
  public boolean evict() {
    return eviction.evict();
  }

  /** How many keys there are, in all databases. */
  public long keys() {
    long sum = 0;
    for (Db db : inhabited) {
      sum += db.size();
    }
    return sum;
  }

  /** How many of them have an expiry. */
  public long volatileKeys() {
    long sum = 0;
    for (Db db : inhabited) {
      sum += db.volatileSize();
    }
    return sum;
  }

  /** Gives back sparsely filled pages, for about {@code budgetNanos}; returns records moved. */
  public long defragment(long budgetNanos) {
    long deadline = System.nanoTime() + budgetNanos;
    long moved = 0;
    for (Db db : dbs) {
      moved += db.defragment(deadline);
    }
    return moved;
  }

  public long expiredKeys() {
    return expiredKeys;
  }

  public long evictedKeys() {
    return evictedKeys;
  }

  /** How often {@link #expireCycle} has used up its time, in all likelihood leaving some behind. */
  public long expiryCutShort() {
    return expiryCutShort;
  }

  /** The time that {@link #expireCycle} has taken, in nanoseconds. */
  public long expiryNanos() {
    return expiryNanos;
  }

  /** An estimate, 0 to 100, of how many of the keys with an expiry have expired unnoticed. */
  public double expiredStalePercent() {
    return expiry.stalePercent();
  }

  /** Sets the statistics back to zero. */
  public void resetStatistics() {
    expiredKeys = 0;
    evictedKeys = 0;
    expiryCutShort = 0;
    expiryNanos = 0;
  }

  void noteExpired(Db db, byte[] key) {
    expiredKeys++;
    listener.expired(db, key);
  }

  void notePartsExpired(Db db, byte[] key, List<byte[]> parts) {
    listener.partsExpired(db, key, parts);
  }

  void noteEmptied(Db db, byte[] key) {
    listener.emptied(db, key);
  }

  void noteEvicted(Db db, byte[] key) {
    evictedKeys++;
    listener.evicted(db, key);
  }
}
